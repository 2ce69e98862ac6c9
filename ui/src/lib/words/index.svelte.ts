// Which language, from the browser until someone chooses.

import { keep, kept } from '../keep';
import type { Catalogue } from './en';
import { isLanguage, LANGUAGES, spoken, type Language } from './languages';

const before = kept('language');
/** What the browser speaks; nothing where there is none, as in a test. */
const browser = 'navigator' in globalThis ? navigator.languages : [];
const chosen = $state({ code: isLanguage(before) ? before : spoken(browser) });

export function words(): Catalogue {
  return LANGUAGES[chosen.code];
}

export function language(): Language {
  return chosen.code;
}

export function speak(code: Language): void {
  chosen.code = code;
  keep('language', code);
}
