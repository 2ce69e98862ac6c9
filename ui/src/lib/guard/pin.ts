// The public half of the guard's key, as this screen was given it when it was let in. What the hub
// says of it later changes nothing: it becomes another by letting the screen in anew, and only so.

import { keep, keepForNow, kept, keptForNow } from '../keep';
import type { Me } from '../types';

export interface Pin {
  key: string;
  /** When it was pinned; what was heard before that counts for nothing. */
  since_ms: number;
  /** How far the guard's clock is ahead of this screen's; null until a first word was heard. */
  apart_ms: number | null;
}

/** What letting a screen in has done: another key than before, or a house that has another one. */
export type Pinned = 'same' | 'changed' | 'other';

const NAME = 'guard';
const KEY = /^[0-9a-f]{64}$/;

/** Where a browser keeps nothing, it is known for as long as the page is open. */
let last: Pin | null = null;

/** The key this screen believes; null before it was ever told one. */
export function pin(): Pin | null {
  return read(kept(NAME)) ?? read(keptForNow(NAME)) ?? last;
}

/**
 * The house has said who this screen is. Its key is believed only where none was before.
 *
 * In the hub's own window nobody was let in: there it holds for as long as the window is open.
 */
export function meets(now: Me): void {
  if (pin() || !KEY.test(now.guard_key ?? '')) return;
  put(fresh(now.guard_key ?? ''), now.origin === 'here' ? keepForNow : keep);
}

/** This screen was let in: by a link that had the key with it, or else by the house's word for it. */
export function letIn(now: Me, from_link: string): Pinned {
  const said = now.guard_key ?? '';
  const key = KEY.test(from_link) ? from_link : said;
  if (!KEY.test(key)) return 'same';
  const before = pin()?.key ?? key;
  put(fresh(key), keep);
  if (KEY.test(said) && said !== key) return 'other';
  return before === key ? 'same' : 'changed';
}

/** How far apart the clocks are has been learnt. */
export function learn(apart_ms: number): void {
  const known = pin();
  if (!known || known.apart_ms === apart_ms) return;
  put({ ...known, apart_ms }, read(kept(NAME)) ? keep : keepForNow);
}

function fresh(key: string): Pin {
  return { key, since_ms: Date.now(), apart_ms: null };
}

function put(to: Pin, where: typeof keep): void {
  last = to;
  where(NAME, JSON.stringify(to));
}

function read(text: string | null): Pin | null {
  try {
    const found = JSON.parse(text ?? 'null') as Pin | null;
    return found && KEY.test(found.key) ? found : null;
  } catch {
    return null;
  }
}
