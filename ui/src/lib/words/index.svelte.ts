// Which language, from the browser until someone chooses.

import { keep, kept } from '../keep';
import { en, type Catalogue } from './en';
import { isLanguage, spoken, wordsOf, type Language } from './languages';

const before = kept('language');
/** What the browser speaks; nothing where there is none, as in a test. */
const browser = 'navigator' in globalThis ? navigator.languages : [];
const first = isLanguage(before) ? before : spoken(browser);
let chosen = $state.raw<{ code: Language; words: Catalogue }>({ code: first, words: en });

/** Once it is over the page may be shown: in its language, or in English where that was not to be had. */
export const ready = become(first).catch(() => undefined);

export function words(): Catalogue {
  return chosen.words;
}

export function language(): Language {
  return chosen.code;
}

/** Speak another language; where its words cannot be fetched, the page goes on in the one it has. */
export function speak(code: Language): void {
  keep('language', code);
  void become(code).catch(() => undefined);
}

async function become(code: Language): Promise<void> {
  chosen = { code, words: await wordsOf(code) };
}
