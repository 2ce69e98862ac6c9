// The key a guardian's screen signs with: made here, kept here, never sent. Whether there is one is
// known without the means to sign, which are fetched only by whoever acts (`acts.ts`).

import { keep, kept } from './keep';
import type { Me } from './types';

const NAME = 'acts';

export interface OwnKey {
  /** The screen it was made for: a screen that is let in anew makes another. */
  screen: string;
  secret: string;
  public_key: string;
  /** How many acts it has signed. */
  count: number;
}

/** This screen's key; nothing where none was made, or for another than it is now. */
export function ownKey(screen: string | null | undefined): OwnKey | null {
  try {
    const found = JSON.parse(kept(NAME) ?? 'null') as OwnKey | null;
    return found && found.screen === screen ? found : null;
  } catch {
    return null;
  }
}

export function keepKey(key: OwnKey): void {
  keep(NAME, JSON.stringify(key));
}

/** Whether the house knows this screen by the key it has. */
export function isKnown(now: Me | null): boolean {
  const key = ownKey(now?.screen);
  return key !== null && key.public_key === now?.acts_key;
}
