// The guard's word for what a room's pages are to be, and whether it is one. Fetched when a bedside
// opens: plain HTTP has no cryptography of the browser's own, so the page brings it along.
//
// A word counts where the guard signed it, for this very room, later than anything heard before, and
// lately. The hub that carries it is believed in nothing, least of all about the time.

import { etc, hashes, verify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { keepForNow, keptForNow } from '../keep';
import type { LeaseFrame, LeaseTold } from '../types';
import type { Pin } from './pin';

hashes.sha512 = sha512;

/** What the guard signs, field for field as `records/view.py` has it (`SignedFrame`). */
export interface Word {
  room: string;
  light_lx_medi: number;
  light_ramp_s: number;
  sound_dba: number;
  sound_ramp_s: number;
  sound_what: string;
  holds_s: number;
  seq: number;
  count: number;
  until_utc: string;
}

/** Why a frame was not taken: it cannot be relied on, or the clocks do not go together. */
export type Doubt = 'unsure' | 'clock';

/** When a frame was heard, by the page's own seconds, and by this device's clock. */
export interface Moment {
  mono_ms: number;
  wall_ms: number;
}

export interface Taken {
  lease: LeaseFrame;
  apart_ms: number;
}

/** A word older than this is an old one; so far may clocks be apart and count as equal. Own choice. */
export const LATE_MS = 120_000;
const LEVELS = ['light_lx_medi', 'light_ramp_s', 'sound_dba', 'sound_ramp_s', 'holds_s'] as const;
const HEARD = 'heard';

/** What the guard said, or nothing where it is not the guard's own word. */
export function wordOf(told: LeaseTold, key: string): Word | null {
  try {
    const text = new TextEncoder().encode(told.signed ?? '');
    const signature = etc.hexToBytes(told.signature ?? '');
    if (!verify(signature, text, etc.hexToBytes(key), { zip215: false })) return null;
    const word = JSON.parse(told.signed ?? '') as Word;
    const numbers = [...LEVELS.map((one) => word[one]), word.seq, word.count];
    const whole = numbers.every((one) => Number.isFinite(one) && one >= 0);
    return whole && typeof word.sound_what === 'string' ? word : null;
  } catch {
    return null; // not even the shape of one
  }
}

/**
 * How far the guard's clock is ahead of this screen's, after a word signed at `signed_ms`; null where
 * that word is too old.
 *
 * A screen whose clock is right is held to it. One whose clock was wrong when it was let in is held
 * to how wrong it was: what the guard signed since moves that on and never back, so that a hub which
 * keeps words for later gains nothing. A clock that is put right is right from then on.
 */
export function clocksApart_ms(signed_ms: number, wall_ms: number, known_ms: number | null) {
  const apart_ms = signed_ms - wall_ms;
  if (Math.abs(apart_ms) <= LATE_MS) return 0;
  if (known_ms === null || apart_ms >= known_ms) return apart_ms;
  return apart_ms >= known_ms - LATE_MS ? known_ms : null;
}

interface Present {
  signed: string;
  lease: LeaseFrame;
}

/** Hears the rooms' frames, one after another, and takes those that count. */
export class Listener {
  #since_ms = -1;
  #counts: Record<string, number> = {};
  #present = new Map<string, Present>();

  /** What a room's page may do now: the frame where it counts, or why it does not. */
  hear(room: string, told: LeaseTold, pin: Pin, at: Moment): Taken | Doubt {
    if (pin.since_ms !== this.#since_ms) this.#begin(pin);
    const before = this.#present.get(room);
    // The same word heard twice is no newer: it holds for as long as it did.
    if (before && before.signed === told.signed) {
      const isOver = at.mono_ms - before.lease.heard_ms >= before.lease.lease_s * 1000;
      return isOver ? 'unsure' : { lease: before.lease, apart_ms: pin.apart_ms ?? 0 };
    }
    const word = wordOf(told, pin.key);
    if (!word || word.room !== room || word.count <= (this.#counts[room] ?? -1)) return 'unsure';
    const signed_ms = Date.parse(word.until_utc) - word.holds_s * 1000;
    const apart_ms = clocksApart_ms(signed_ms, at.wall_ms, pin.apart_ms);
    if (apart_ms === null || Number.isNaN(signed_ms)) return 'clock';
    const lease = leaseOf(word, at.mono_ms);
    this.#present.set(room, { signed: told.signed ?? '', lease });
    this.#counts = { ...this.#counts, [room]: word.count };
    keepForNow(HEARD, JSON.stringify([this.#since_ms, this.#counts]));
    return { lease, apart_ms };
  }

  /** What a room's page was last told and had reason to believe. */
  present(room: string): LeaseFrame | undefined {
    return this.#present.get(room)?.lease;
  }

  /** Nothing was heard under this key, but what this window heard before it was loaded anew. */
  #begin(pin: Pin): void {
    this.#since_ms = pin.since_ms;
    this.#present.clear();
    this.#counts = countsKept(pin.since_ms);
  }
}

function leaseOf(word: Word, heard_ms: number): LeaseFrame {
  const { light_lx_medi, light_ramp_s, sound_dba, sound_ramp_s, sound_what, seq } = word;
  const lease_s = word.holds_s;
  return { light_lx_medi, light_ramp_s, sound_dba, sound_ramp_s, sound_what, seq, lease_s, heard_ms }; // prettier-ignore
}

function countsKept(since_ms: number): Record<string, number> {
  try {
    const [since, counts] = JSON.parse(keptForNow(HEARD) ?? '[]') as [
      number,
      Record<string, number>,
    ];
    return since === since_ms ? counts : {};
  } catch {
    return {};
  }
}
