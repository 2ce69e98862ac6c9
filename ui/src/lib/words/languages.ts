// The languages this page speaks.

import { en, type Catalogue } from './en';
import { pt } from './pt';

export const LANGUAGES = { en, pt } satisfies Record<string, Catalogue>;
export type Language = keyof typeof LANGUAGES;

export function isLanguage(code: string | null): code is Language {
  return code !== null && code in LANGUAGES;
}

/** The first of these this page speaks, or English. */
export function spoken(codes: readonly string[]): Language {
  return codes.map((code) => code.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}
