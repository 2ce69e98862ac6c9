// What a guardian's screen signs, and what is shown of it: the same bytes as the house reads.
import { readFileSync } from 'node:fs';
import { verify, etc } from '@noble/ed25519';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { en } from '../src/lib/words/en';
import { pt } from '../src/lib/words/pt';
import { actsTonight, latest, sentenceOf, wave, wavedAway } from '../src/lib/seen';
import { isKnown, keepKey, ownKey, type OwnKey } from '../src/lib/act-key';
import { actOf, makeKey, signedBy } from '../src/lib/acts';
import type { ActView, HomeView, Me } from '../src/lib/types';
import { room } from './made';

const GOLDEN = JSON.parse(readFileSync(new URL('./act-signed.json', import.meta.url), 'utf8')) as {
  secret: string;
  public_key: string;
  shown: string;
  signed: string;
  signature: string;
};
const SCREEN = '0123456789abcdef';
const KEY: OwnKey = {
  screen: SCREEN,
  secret: GOLDEN.secret,
  public_key: GOLDEN.public_key,
  count: 41,
};
const NOW_MS = Date.parse('2026-11-20T21:14:00Z');

const store = new Map<string, string>();
beforeEach(() => {
  store.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
  });
});

function seen(more: Partial<ActView> = {}): ActView {
  return {
    id: '2026-11-20-0001',
    act: 'quiet',
    by_name: 'Mara',
    at: '2026-11-20T21:14:00+00:00',
    elsewhere: true,
    ...more,
  };
}

describe('what is signed', () => {
  it('is, byte for byte, what the house reads and verifies', () => {
    const { key, signed } = actOf(KEY, 'mara', 'quiet', ['nest'], NOW_MS);
    expect(signed).toEqual({ signed: GOLDEN.signed, signature: GOLDEN.signature });
    expect(key.count).toBe(42);
    expect(signedBy(KEY, `evenfall screen ${SCREEN}`).signature).toBe(GOLDEN.shown);
  });

  it('holds for a key that was just made, and for no other', () => {
    const [mine, other] = [makeKey(SCREEN), makeKey(SCREEN)];
    const { signed, signature } = signedBy(mine, 'quiet');
    const holds = (key: OwnKey) =>
      verify(
        etc.hexToBytes(signature),
        new TextEncoder().encode(signed),
        etc.hexToBytes(key.public_key),
      );
    expect([holds(mine), holds(other)]).toEqual([true, false]);
  });
});

describe('the key', () => {
  it('belongs to one screen, and the house knows it or not', () => {
    keepKey(KEY);
    expect(ownKey(SCREEN)).toEqual(KEY);
    expect(ownKey('another')).toBeNull();
    const now = { screen: SCREEN, acts_key: KEY.public_key } as Me;
    expect(isKnown(now)).toBe(true);
    expect(isKnown({ ...now, acts_key: '' })).toBe(false);
    expect(isKnown({ ...now, screen: 'another' })).toBe(false);
    expect(isKnown(null)).toBe(false);
  });

  it('is none where what was kept is damaged', () => {
    store.set('evenfall:acts', '{');
    expect(ownKey(SCREEN)).toBeNull();
  });
});

describe('what is seen', () => {
  it('says who, from where and when, in both languages', () => {
    expect(sentenceOf(seen(), en)).toBe('Mara made it quiet from elsewhere, 21:14.');
    expect(sentenceOf(seen(), pt)).toBe('Mara sossegou o quarto de longe, 21:14.');
    expect(sentenceOf(seen({ act: 'release', elsewhere: false, by_name: '' }), en)).toBe(
      'Someone made everything safe, 21:14.',
    );
    expect(sentenceOf(seen({ act: 'invite' }), en)).toBe(
      'Mara would like to say good night, when you like.',
    );
  });

  it('is the latest; an invitation that was waved away is gone, and nobody is asked', () => {
    const acts = [seen(), seen({ id: 'b', act: 'invite' })];
    expect(latest(acts, wavedAway())?.id).toBe('b');
    expect(latest(acts, wave('b'))?.id).toBe('2026-11-20-0001');
    expect(latest(acts, wavedAway())?.act).toBe('quiet');
    expect(latest([], [])).toBeUndefined();
  });

  it('stands once on Tonight where it was for every room', () => {
    const all = seen({ act: 'release' });
    const rooms = [
      room({ acts: [all, seen({ id: 'b' })] }),
      room({ room: 'loft', name: 'The loft', acts: [all] }),
    ];
    expect(actsTonight({ rooms } as HomeView, en)).toEqual([
      'Mara made everything safe from elsewhere, 21:14.',
      'The nest: Mara made it quiet from elsewhere, 21:14.',
    ]);
  });
});
