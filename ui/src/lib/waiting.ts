// How a night felt, kept here until the house has it. Only that: a dream never waits on a shared screen.

import { RefusedError, send } from './hub.svelte';
import { keep, kept } from './keep';
import type { Felt } from './types';

const KEY = 'felt-waiting';

type Waiting = Record<string, Felt>;

function waiting(): Waiting {
  return JSON.parse(kept(KEY) ?? '{}') as Waiting;
}

/** Tell the house how it felt; true where it has heard. */
export async function tellFelt(member: string, felt: Felt): Promise<boolean> {
  keep(KEY, JSON.stringify({ ...waiting(), [member]: felt }));
  return tellWaiting();
}

/** Tell the house whatever still waits here. */
export async function tellWaiting(): Promise<boolean> {
  for (const [member, felt] of Object.entries(waiting())) {
    try {
      await send('mornings/felt', { member, felt });
    } catch (error) {
      if (!(error instanceof RefusedError)) return false;
    }
    const { [member]: _told, ...left } = waiting();
    keep(KEY, JSON.stringify(left));
  }
  return true;
}
