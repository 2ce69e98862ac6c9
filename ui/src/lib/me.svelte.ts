// Who this screen is to the house, as the house last said. The hub's line keeps it (hub.svelte.ts).

import type { Me, Right } from './types';

export const me = $state<{ now: Me | null }>({ now: null });

/** Whether this screen may; false until the house has said so. */
export function has(right: Right): boolean {
  return me.now?.rights.includes(right) ?? false;
}

/** Whether this screen has to be let in before it may do anything but stop. */
export function isOut(): boolean {
  return me.now !== null && (me.now.expired || me.now.role === 'nobody');
}
