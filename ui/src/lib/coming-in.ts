// Letting a screen in, and what one reads off its words and its name. The first half is pure.

import { letIn, type Pinned } from './guard/pin';
import { hub, RefusedError, ROOMS_KEPT, send } from './hub.svelte';
import { kept } from './keep';
import { msOf } from './time';
import type { Me, ScreenKind, ScreenView } from './types';

export const WORDS = 4;

/** What a link that lets a screen in carries: its words, and the guard's key. */
function partsOf(link: string): [string, string] {
  const [code = '', key = ''] = link.slice(link.indexOf('/pair/') + '/pair/'.length).split('/');
  return [code, key.trim()];
}

/** The guard's key of a whole link that was typed or pasted; nothing where it is only words. */
export function keyIn(typed: string): string {
  return typed.includes('/pair/') ? partsOf(typed)[1] : '';
}

/** The words of a code, however they were typed: any spacing, any case, or a whole link. */
export function wordsIn(typed: string): string[] {
  const code = typed.includes('/pair/') ? partsOf(typed)[0] : typed;
  return code
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(Boolean);
}

export type Body = 'phone' | 'tablet' | 'computer';

/** What kind of screen this is, as far as its browser says. A large iPad calls itself a Mac. */
export function bodyOf(agent: string, touches: number): Body {
  if (/iPad|Tablet|Android(?!.*Mobile)/.test(agent) || (/Macintosh/.test(agent) && touches > 1)) {
    return 'tablet';
  }
  return /Mobile|iPhone|Android/.test(agent) ? 'phone' : 'computer';
}

/** The address of a link without the code in it, short enough to be typed by hand. */
export function addressOf(link: string): string {
  return link.replace(/#.*$/, '').replace(/\/$/, '');
}

/** The way in for a screen that does not trust the house's certificate yet, where that differs. */
export function plainWay(links: readonly string[]): string {
  const link = links[0]?.startsWith('https:') ? links.find((one) => one.startsWith('http:')) : '';
  return addressOf(link ?? '');
}

/** The screen that came in by an invitation, told by who was not there before. */
export function cameIn(
  before: ReadonlySet<string>,
  screens: ScreenView[],
  as: { kind: ScreenKind; member?: string; room?: string },
): ScreenView | undefined {
  return screens.find(
    (one) =>
      !before.has(one.id) &&
      one.kind === as.kind &&
      one.member === (as.member ?? null) &&
      one.room === (as.room ?? null),
  );
}

/** Whether a screen came in so lately that it may make keys to what is its owner's. */
export function isFresh(now: Me, wall: string): boolean {
  return now.fresh_until_utc !== null && msOf(wall) < msOf(now.fresh_until_utc);
}

/** The rooms this screen last knew, as id and name. */
export function roomsKept(): [string, string][] {
  try {
    const rooms: unknown = JSON.parse(kept(ROOMS_KEPT) ?? '[]');
    return Array.isArray(rooms) ? (rooms as [string, string][]) : [];
  } catch {
    return [];
  }
}

/**
 * Let this screen in by four words, and pin the guard's key: the link's, or else the house's word.
 * The page goes on as what it is now once `came` is told.
 *
 * @param key what the link carried, or nothing
 */
export async function pair(code: string, label: string, key = ''): Promise<[Me, Pinned]> {
  const now = await send<Me>('pair', { code, label });
  return [now, letIn(now, key)];
}

export async function signIn(name: string, passphrase: string, label: string): Promise<Me> {
  return came(await send<Me>('sign-in', { name, passphrase, label }));
}

export async function signOut(): Promise<Me> {
  return came(await send<Me>('sign-out', {}));
}

/** The house has said who this screen is now; the page goes on as that. */
export function came(now: Me): Me {
  hub.becomes(now);
  return now;
}

export type Heard = 'heard' | 'not-allowed' | 'lost';

/** A stop from a screen whose session is over. What has nothing to stop is as good as stopped. */
export async function stopRoom(room: string): Promise<Heard> {
  try {
    await send('do', { do: 'stop', room });
    return 'heard';
  } catch (error) {
    if (!(error instanceof RefusedError)) return 'lost';
    if (error.status === 409) return 'heard';
    return error.status < 500 ? 'not-allowed' : 'lost';
  }
}

/** What a refusal says, or that nobody answered. */
export function toldBy(error: unknown, lost: string): string[] {
  return error instanceof RefusedError && error.told.length ? error.told : [lost];
}
