// A guard that is none: signs what the made-up rooms' pages are to be, as the real one does, and
// lends itself to a hub that lies. Every lie asks for light and sound where the guard said dark.

import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

const HOLDS_S = 15;
const HOUR_MS = 3_600_000;
const DARK = { light_lx_medi: 0, light_ramp_s: 3, sound_dba: 0, sound_ramp_s: 3, sound_what: '' };
const BRIGHT = { light_lx_medi: 0.4, light_ramp_s: 2, sound_dba: 38, sound_ramp_s: 2, sound_what: 'waves' }; // prettier-ignore

const aKey = () => generateKeyPairSync('ed25519').privateKey;
const publicHalf = (key) =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x, 'base64url').toString('hex');

export function fakeGuard() {
  let key = aKey();
  let count = Date.now() * 1000;
  let lie = '';
  const heard = {};

  function signed(room, lease, { by = key, at_ms = Date.now() } = {}) {
    count += 1;
    const { lease_s = HOLDS_S, seq = 1, ...levels } = lease;
    const until_utc = new Date(at_ms + lease_s * 1000).toISOString();
    const text = JSON.stringify({ room, ...levels, holds_s: lease_s, seq, count, until_utc });
    return { ...lease, lease_s, seq, signed: text, signature: sign(null, Buffer.from(text), by).toString('hex') }; // prettier-ignore
  }

  const altered = (told, from, to) => ({
    ...told,
    ...BRIGHT,
    signed: told.signed.replace(from, to),
  });

  /** What a hub makes of a dark frame that it would rather have bright. */
  const LIES = {
    'other values beside the signed ones': (room) => ({ ...signed(room, DARK), ...BRIGHT }),
    'other values in the signed text': (room) =>
      altered(signed(room, DARK), '"light_lx_medi":0,', '"light_lx_medi":0.4,'),
    'a frame that nobody signed': () => ({ ...BRIGHT, lease_s: HOLDS_S, seq: 9 }),
    'a frame that was heard before, again and again': (room) => heard[room][0],
    'what was heard before, all of it anew': (room) =>
      heard[room][Math.floor(Date.now() / 1000) % heard[room].length],
    'another room’s frame': () => signed('loft', BRIGHT),
    'a frame that somebody else signed': (room) => signed(room, BRIGHT, { by: aKey() }),
    'frames that were kept back for an hour': (room) =>
      signed(room, BRIGHT, { at_ms: Date.now() - HOUR_MS }),
    'a longer while than the guard gave': (room) =>
      altered(signed(room, BRIGHT), `"holds_s":${HOLDS_S}`, '"holds_s":3600'),
    'an answer to a touch that nobody made': (room) => signed(room, DARK),
  };

  return {
    get key() {
      return publicHalf(key);
    },
    lies: Object.keys(LIES),
    /** From here on the hub lies so, or, with nothing, tells what the guard says. */
    lie: (to = '') => (lie = to),
    /** Another guard, as after its key was lost. */
    another: () => (key = aKey()),
    /** A room as a hub tells it. */
    told(room) {
      if (lie) return { ...room, lease: LIES[lie](room.room), glow: lie.startsWith('an answer') };
      const lease = signed(room.room, room.lease);
      heard[room.room] = [...(heard[room.room] ?? []), lease].slice(-20);
      return { ...room, lease };
    },
  };
}
