// The page does only what the guard signed. The frames are the real signer's
// (tests/support/page_frames.py).
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keyIn, wordsIn } from '../src/lib/coming-in';
import { letIn, meets, pin, type Pin } from '../src/lib/guard/pin';
import { DARK, SAID_AFTER_MS, Trust } from '../src/lib/guard/trust';
import { clocksApart_ms, LATE_MS, Listener, wordOf } from '../src/lib/guard/word';
import { forgetOwn } from '../src/lib/keep';
import type { HomeTold, LeaseTold, Me } from '../src/lib/types';
import { en } from '../src/lib/words/en';
import { home, room } from './made';

interface Frames {
  key: string;
  other_key: string;
  at: [string, string, string];
  nest: [LeaseTold, LeaseTold, LeaseTold];
  loft: LeaseTold;
  safe: LeaseTold;
  by_another: LeaseTold;
  unsigned: LeaseTold;
  unsigned_dark: LeaseTold;
}
const frames = JSON.parse(
  readFileSync(new URL('./guard-frames.json', import.meta.url), 'utf8'),
) as Frames;
const [first, second, third] = frames.nest;
const said = first.signed ?? '';
const HOUR_MS = 3_600_000;
const pinned = (more: Partial<Pin> = {}): Pin => ({ key: frames.key, since_ms: 1, apart_ms: null, ...more }); // prettier-ignore
/** Some seconds into the page's life, with this device's clock as right as may be. */
const at = (mono_s: number, of: string = frames.at[0], wrong_ms = 0) => ({
  mono_ms: mono_s * 1000,
  wall_ms: Date.parse(of) + wrong_ms,
});

class Store {
  kept: Record<string, string> = {};
  getItem = (key: string) => this.kept[key] ?? null;
  setItem = (key: string, value: string) => void (this.kept[key] = value);
}

function stored(): { local: Store; session: Store } {
  const [local, session] = [new Store(), new Store()];
  vi.stubGlobal('localStorage', local);
  vi.stubGlobal('sessionStorage', session);
  return { local, session };
}

afterEach(() => void vi.unstubAllGlobals());

describe('the guard’s word', () => {
  it('is one where it was signed with its key', () => {
    expect(wordOf(first, frames.key)?.light_lx_medi).toBe(0.4);
    expect(wordOf(frames.safe, frames.key)?.light_lx_medi).toBe(0);
  });

  it.each([
    ['a letter of the text', { ...first, signed: said.replace('0.4', '0.5') }],
    ['a longer while', { ...first, signed: said.replace('15.0', '99.0') }],
    ['another room', { ...first, signed: said.replace('nest', 'loft') }],
    ['another’s signature', { ...first, signature: second.signature ?? '' }],
    ['no signature', { ...first, signature: '' }],
    ['a signature that is none', { ...first, signature: 'zz'.repeat(64) }],
    ['no text', { ...first, signed: '' }],
    ['another key', frames.by_another],
    ['nothing signed', frames.unsigned],
  ])('is none with %s', (_what, told) => {
    expect(wordOf(told, frames.key)).toBeNull();
  });

  it('is none for a key that is none', () => {
    for (const key of ['', 'ab', 'zz'.repeat(32), '0'.repeat(64)]) expect(wordOf(first, key)).toBeNull(); // prettier-ignore
  });
});

describe('what is taken', () => {
  it('is what was signed, whatever stands beside it', () => {
    const told = { ...first, light_lx_medi: 90, sound_dba: 90, lease_s: 9000 };
    expect(new Listener().hear('nest', told, pinned(), at(1))).toEqual({
      apart_ms: 0,
      lease: { light_lx_medi: 0.4, light_ramp_s: 30, sound_dba: 38, sound_ramp_s: 5, sound_what: 'waves', lease_s: 15, seq: 4, heard_ms: 1000 }, // prettier-ignore
    });
  });

  it('is for its own room', () => {
    expect(new Listener().hear('nest', frames.loft, pinned(), at(1))).toBe('unsure');
    expect(new Listener().hear('loft', frames.loft, pinned(), at(1))).toHaveProperty('lease');
  });

  it('is newer than what was taken before, in any order of hearing', () => {
    const listener = new Listener();
    expect(listener.hear('nest', second, pinned(), at(1))).toHaveProperty('lease');
    expect(listener.hear('nest', first, pinned(), at(2))).toBe('unsure');
    expect(listener.hear('nest', third, pinned(), at(3))).toHaveProperty('lease');
    expect(listener.hear('nest', second, pinned(), at(4))).toBe('unsure');
    expect(listener.present('nest')?.heard_ms).toBe(3000);
  });

  it('holds no longer for being heard twice', () => {
    const listener = new Listener();
    const once = listener.hear('nest', first, pinned(), at(1));
    expect(listener.hear('nest', first, pinned(), at(15.9))).toEqual(once);
    expect(listener.hear('nest', first, pinned(), at(16))).toBe('unsure');
  });

  it('begins anew with another key, or when the screen was let in again', () => {
    const listener = new Listener();
    listener.hear('nest', third, pinned(), at(1));
    expect(listener.hear('nest', first, pinned(), at(2))).toBe('unsure');
    expect(listener.hear('nest', first, pinned({ since_ms: 2 }), at(2))).toHaveProperty('lease');
    expect(listener.hear('nest', frames.by_another, pinned({ since_ms: 3, key: frames.other_key }), at(3))).toHaveProperty('lease'); // prettier-ignore
  });

  it('is remembered when the page is loaded anew', () => {
    stored();
    new Listener().hear('nest', second, pinned(), at(1));
    expect(new Listener().hear('nest', first, pinned(), at(1))).toBe('unsure');
    expect(new Listener().hear('nest', second, pinned(), at(1))).toBe('unsure');
    expect(new Listener().hear('nest', third, pinned(), at(1))).toHaveProperty('lease');
  });
});

describe('a word that was kept back', () => {
  const hear = (wrong_ms: number, apart_ms: number | null) => {
    const taken = new Listener().hear('nest', first, pinned({ apart_ms }), at(1, frames.at[0], wrong_ms)); // prettier-ignore
    return typeof taken === 'string' ? taken : taken.apart_ms;
  };

  it('is refused where the clock here is right', () => {
    expect(hear(LATE_MS, 0)).toBe(0);
    expect(hear(LATE_MS + 1, 0)).toBe('clock');
    expect(hear(8 * HOUR_MS, 0)).toBe('clock');
  });

  it('is refused where the clock here is as wrong as it ever was', () => {
    const slow = hear(-3 * HOUR_MS, null);
    expect(slow).toBe(3 * HOUR_MS);
    expect(hear(-3 * HOUR_MS + LATE_MS + 1, 3 * HOUR_MS)).toBe('clock');
    expect(hear(-2 * HOUR_MS, 3 * HOUR_MS)).toBe('clock');
    expect(hear(3 * HOUR_MS, null)).toBe(-3 * HOUR_MS);
    expect(hear(4 * HOUR_MS, -3 * HOUR_MS)).toBe('clock');
  });

  it('cannot be walked back to by a hub that is a little later every time', () => {
    let known: number | null = null;
    for (let late_ms = 0; late_ms <= 20 * LATE_MS; late_ms += LATE_MS / 4) {
      const next = clocksApart_ms(10 * HOUR_MS - late_ms, 0, known);
      if (next === null) return expect(late_ms).toBeLessThanOrEqual(LATE_MS + LATE_MS / 4);
      known = next;
    }
    throw new Error('it could');
  });

  it('stays refused when a clock is put right, and a right clock is right at once', () => {
    expect(hear(0, 3 * HOUR_MS)).toBe(0);
    expect(hear(HOUR_MS, 0)).toBe('clock');
    expect(clocksApart_ms(0, 0, -3 * HOUR_MS)).toBe(0);
  });
});

function meAs(more: Partial<Me>): Me {
  return { role: 'device', name: '', member: null, room: 'nest', origin: 'plain', rights: [], for_members: [], new_home: false, expired: false, passkeys: false, locked_at: '', fresh_until_utc: null, guard_key: frames.key, ...more }; // prettier-ignore
}

describe('the key', () => {
  beforeEach(() => void stored());

  it('is the link’s, before what the house says', () => {
    expect(letIn(meAs({ guard_key: frames.other_key }), frames.key)).toBe('other');
    expect(pin()?.key).toBe(frames.key);
    expect(letIn(meAs({}), frames.key)).toBe('same');
  });

  it('is the house’s own word where only words were typed', () => {
    expect(letIn(meAs({}), '')).toBe('same');
    expect(pin()?.key).toBe(frames.key);
    expect(letIn(meAs({ guard_key: frames.other_key }), 'no key at all')).toBe('changed');
    expect(pin()?.key).toBe(frames.other_key);
  });

  it('is never another by the house’s word alone', () => {
    letIn(meAs({}), '');
    for (const role of ['device', 'guardian', 'nobody'] as const) {
      meets(meAs({ role, guard_key: frames.other_key }));
      forgetOwn();
      expect(pin()?.key).toBe(frames.key);
    }
  });

  it('is trusted on first use where nobody was let in, while the window is open', async () => {
    const { local, session } = stored();
    vi.resetModules(); // a window that was just opened
    const anew = await import('../src/lib/guard/pin');
    anew.meets(meAs({ origin: 'here', guard_key: '' }));
    expect(anew.pin()).toBeNull();
    anew.meets(meAs({ origin: 'here' }));
    expect(Object.keys(session.kept)).toEqual(['evenfall:guard']);
    anew.learn(5);
    expect(anew.pin()?.apart_ms).toBe(5);
    expect(local.kept).toEqual({});
  });

  it('comes in a link, after the words', () => {
    const link = `http://192.168.1.20:8321/#/pair/otter-lantern-river-plum/${frames.key}`;
    expect(wordsIn(link)).toEqual(['otter', 'lantern', 'river', 'plum']);
    expect(keyIn(`${link} `)).toBe(frames.key);
    expect(keyIn('otter lantern river plum')).toBe('');
  });
});

describe('a home as it was told', () => {
  const told = (lease: LeaseTold, more: Partial<HomeTold['rooms'][number]> = {}): HomeTold => ({
    ...home(),
    rooms: [{ ...room({ mode: 'running' }), lease, ...more }],
  });

  /** A page that has what it checks with, and knows its guard. */
  async function trusting(): Promise<Trust> {
    stored();
    letIn(meAs({}), '');
    return new Promise((done) => {
      const trust = new Trust(() => done(trust));
      trust.checked(told(frames.unsigned), 'nest', at(0));
    });
  }

  it('shines nothing before it can be checked', () => {
    stored();
    letIn(meAs({}), '');
    const seen = new Trust(() => undefined).checked(told(first), 'nest', at(0));
    expect(seen.rooms[0]?.lease).toBe(DARK);
  });

  it('shines as the guard signed it, in the room that is shown', async () => {
    const trust = await trusting();
    expect(trust.checked(told(first), '', at(1)).rooms[0]?.lease).toBe(DARK);
    expect(trust.checked(told(first), 'nest', at(1)).rooms[0]?.lease.light_lx_medi).toBe(0.4);
  });

  it('goes on with the last true word, until that is over', async () => {
    const trust = await trusting();
    const lease = (one: LeaseTold, s: number) => trust.checked(told(one), 'nest', at(s)).rooms[0]?.lease; // prettier-ignore
    const held = lease(first, 1);
    expect(lease(frames.unsigned, 10)).toBe(held);
    expect(lease(frames.unsigned, 16)).toBe(DARK);
    expect(lease(frames.by_another, 20)).toBe(DARK);
    expect(lease(second, 21)?.light_lx_medi).toBe(0.4);
  });

  it('says so where it goes on, and is silent again once all is well', async () => {
    const trust = await trusting();
    const faults = (one: LeaseTold, s: number) => trust.checked(told(one), 'nest', at(s)).rooms[0]?.faults; // prettier-ignore
    faults(first, 1);
    expect(faults(frames.unsigned, 5)).toEqual([]);
    expect(faults(frames.unsigned, 5 + SAID_AFTER_MS / 1000)).toEqual([en.distrusts.unsure]);
    expect(faults(second, 20)).toEqual([]);
  });

  it('needs nobody’s word to be dark', async () => {
    const trust = await trusting();
    trust.checked(told(first), 'nest', at(1));
    for (const s of [2, 30, 60]) {
      const seen = trust.checked(told(frames.unsigned_dark), 'nest', at(s)).rooms[0];
      expect(seen?.lease).toBe(DARK);
      expect(seen?.faults).toEqual([]);
    }
  });
});
