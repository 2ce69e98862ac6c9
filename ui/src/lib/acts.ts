// A guardian's acts: signed here, so that whoever carries them to the house can change nothing and
// keep nothing for later. Fetched only by a screen that may act.

import { etc, getPublicKey, hashes, sign, utils } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { isKnown, keepKey, ownKey, type OwnKey } from './act-key';
import { hub, RefusedError, send } from './hub.svelte';
import { me } from './me.svelte';
import type { ActAnswer, ActKind, Me } from './types';

hashes.sha512 = sha512;

/** A house that is busy, or away, and not one that says no. */
const BUSY = [429, 503];

export interface Signed {
  signed: string;
  signature: string;
}

export function makeKey(screen: string): OwnKey {
  const secret = utils.randomSecretKey();
  const public_key = etc.bytesToHex(getPublicKey(secret));
  return { screen, secret: etc.bytesToHex(secret), public_key, count: 0 };
}

/** Any text, with this key's signature. */
export function signedBy(key: OwnKey, text: string): Signed {
  const signature = sign(new TextEncoder().encode(text), etc.hexToBytes(key.secret));
  return { signed: text, signature: etc.bytesToHex(signature) };
}

/** The next act of a key, as `records/act.py` has it. The key's count is to be kept before it goes. */
export function actOf(
  key: OwnKey,
  by: string,
  act: ActKind,
  rooms: string[],
  now_ms: number,
): { key: OwnKey; signed: Signed } {
  const next = { ...key, count: key.count + 1 };
  const { screen, count } = next;
  const said = { act, rooms, by, screen, asked_utc: new Date(now_ms).toISOString(), count };
  return { key: next, signed: signedBy(next, JSON.stringify(said)) };
}

let introducing: Promise<OwnKey> | null = null;

/** Show the house this screen's key. It takes it at home, or just after the screen came in. */
export function introduce(): Promise<OwnKey> {
  introducing ??= shown().finally(() => (introducing = null));
  return introducing;
}

async function shown(): Promise<OwnKey> {
  const screen = me.now?.screen ?? '';
  const key = ownKey(screen) ?? makeKey(screen);
  if (!isKnown(me.now)) {
    keepKey(key);
    const { signature } = signedBy(key, `evenfall screen ${screen}`);
    me.now = await send<Me>('acts/key', { public_key: key.public_key, signature });
  }
  return key;
}

/**
 * Do something, and hear what became of it, room by room.
 *
 * At home a house that cannot take an act is asked to stop, as from any screen.
 */
export async function act(kind: ActKind, rooms: string[]): Promise<ActAnswer> {
  try {
    await introduce().catch((error: unknown) => {
      if (me.now?.elsewhere) throw error;
    });
    const known = ownKey(me.now?.screen) ?? makeKey(me.now?.screen ?? '');
    const { key, signed } = actOf(known, me.now?.member ?? '', kind, rooms, Date.now());
    keepKey(key);
    return await send<ActAnswer>('acts', signed);
  } catch (error) {
    const may = !me.now?.elsewhere && kind !== 'invite';
    if (!may || !(error instanceof RefusedError) || !BUSY.includes(error.status)) throw error;
    return stopped(kind, rooms);
  }
}

async function stopped(kind: ActKind, rooms: string[]): Promise<ActAnswer> {
  const here = (hub.view?.rooms ?? []).filter((one) => !rooms.length || rooms.includes(one.room));
  const told: ActAnswer['rooms'] = [];
  for (const { room, name } of here) {
    const heard = await hub.ask({ do: 'stop', room });
    told.push({ room, name, outcome: heard ? 'stopped' : 'waits', silent: [] });
  }
  return { act: kind, rooms: told };
}
