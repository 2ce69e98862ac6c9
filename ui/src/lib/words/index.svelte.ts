// Which language, from the browser until someone chooses.

import { keep, kept } from '../keep';
import type { Catalogue } from './en';
import { isLanguage, LANGUAGES, spoken, type Language } from './languages';

const before = kept('language');
const chosen = $state({ code: isLanguage(before) ? before : spoken(navigator.languages) });

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
