// The languages this page speaks. English comes with every page; the words of another are fetched by
// whoever speaks it, so that nobody's first load carries a language they don't read.

import { en, type Catalogue } from './en';

/** What each calls itself. */
export const LANGUAGES = { en: 'English', pt: 'Português' };
export type Language = keyof typeof LANGUAGES;

const WORDS: Record<Language, () => Promise<Catalogue>> = {
  en: () => Promise.resolve(en),
  pt: () => import('./pt').then(({ pt }) => pt),
};

/** The words of a language. Fails where they cannot be fetched. */
export function wordsOf(code: Language): Promise<Catalogue> {
  return WORDS[code]();
}

export function isLanguage(code: string | null): code is Language {
  return code !== null && code in LANGUAGES;
}

/** The first of these this page speaks, or English. */
export function spoken(codes: readonly string[]): Language {
  return codes.map((code) => code.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}
