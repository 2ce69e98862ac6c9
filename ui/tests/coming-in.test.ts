import { describe, expect, it } from 'vitest';
import { addressOf, bodyOf, cameIn, isFresh, plainWay, wordsIn } from '../src/lib/coming-in';
import { pictureOf } from '../src/lib/qr';
import { homeOf, routeOf } from '../src/lib/route.svelte';
import type { Me, ScreenView } from '../src/lib/types';
import { en } from '../src/lib/words/en';
import { pt } from '../src/lib/words/pt';
import { dayWords, whoIsHere } from '../src/lib/words/who';
import { homeTime, inZoneOf } from '../src/lib/zone';
import { home } from './made';

function screen(more: Partial<ScreenView> = {}): ScreenView {
  return {
    id: 's1',
    kind: 'guest',
    member: null,
    room: null,
    label: 'A phone',
    origin: 'plain',
    by: 'mara',
    by_name: 'Mara',
    made_utc: '2026-11-20T18:00:00Z',
    seen_utc: '2026-11-20T18:00:00Z',
    expires_utc: '2026-11-21T12:00:00Z',
    this: false,
    ...more,
  };
}

function meAs(more: Partial<Me> = {}): Me {
  return {
    role: 'guardian',
    name: 'Mara',
    member: 'mara',
    room: null,
    origin: 'here',
    rights: [],
    for_members: [],
    new_home: false,
    expired: false,
    passkeys: false,
    locked_at: '',
    fresh_until_utc: null,
    ...more,
  };
}

describe('four words', () => {
  it.each([
    'otter-lantern-river-plum',
    '  Otter LANTERN river   plum ',
    'otter, lantern, river, plum.',
    'otter–lantern–river–plum',
    'http://192.168.1.20:8421/#/pair/otter-lantern-river-plum',
  ])('are read from “%s”', (typed) => {
    expect(wordsIn(typed)).toEqual(['otter', 'lantern', 'river', 'plum']);
  });

  it('are none in nothing', () => {
    expect(wordsIn(' - ')).toEqual([]);
  });
});

describe('a screen’s name is guessed from its browser', () => {
  it.each([
    ['phone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148', 5],
    ['phone', 'Mozilla/5.0 (Linux; Android 10; K) Chrome/140.0.0.0 Mobile Safari/537.36', 5],
    ['tablet', 'Mozilla/5.0 (Linux; Android 10; K) Chrome/140.0.0.0 Safari/537.36', 5],
    ['tablet', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1', 5],
    ['computer', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1', 0],
    ['computer', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 0],
  ])('%s', (body, agent, touches) => {
    expect(bodyOf(agent, touches)).toBe(body);
  });
});

describe('where one is', () => {
  it('is the door, with the code of a link or without', () => {
    const [page, code] = ['pair', 'otter-lantern'];
    expect(routeOf('#/pair/otter-lantern')).toEqual({ page, code, key: '' });
    expect(routeOf('#/pair/otter-lantern/ab12')).toEqual({ page, code, key: 'ab12' });
    expect(routeOf('#/pair')).toEqual({ page, code: '', key: '' });
    expect(routeOf('#/screens')).toEqual({ page: 'screens' });
  });

  it('is never nowhere, whatever the address says', () => {
    expect(routeOf('#/bedside/%E0%A4%A')).toEqual({ page: 'bedside', room: '%E0%A4%A' });
    expect(routeOf('#/nowhere')).toEqual({ page: 'tonight' });
  });

  it('is its own room for a bedside that was let in, and Tonight for anyone else', () => {
    expect(homeOf(meAs({ role: 'device', member: null, room: 'nest' }))).toBe('#/bedside/nest');
    expect(homeOf(meAs({ role: 'device', member: null }))).toBe('#/');
    expect(homeOf(meAs())).toBe('#/');
  });
});

describe('an invitation', () => {
  it('shows an address without its code', () => {
    expect(addressOf('http://hub.home.arpa:8421/#/pair/a-b-c-d')).toBe('http://hub.home.arpa:8421');
  });

  it('names the plain way too, where the best one asks for trust first', () => {
    const plain = 'http://hub.home.arpa:8321/#/pair/a-b-c-d';
    const locked = 'https://hub.home.arpa:8322/#/pair/a-b-c-d';
    expect(plainWay([locked, plain])).toBe('http://hub.home.arpa:8321');
    expect(plainWay([plain])).toBe('');
    expect(plainWay([locked])).toBe('');
    expect(plainWay([])).toBe('');
  });

  it('is a picture in which nothing can run', () => {
    const source = pictureOf('<svg><path d="M0 0#"/></svg>');
    expect(source.startsWith('data:image/svg+xml;utf8,')).toBe(true);
    expect(source).not.toMatch(/[#"<>]/);
  });

  it('knows who came in by it, and takes nobody else for them', () => {
    const before = new Set(['s1']);
    const guest = screen({ id: 's2' });
    const bedside = screen({ id: 's3', kind: 'device', room: 'nest' });
    expect(cameIn(before, [screen(), bedside], { kind: 'guest' })).toBeUndefined();
    expect(cameIn(before, [screen(), bedside, guest], { kind: 'guest' })).toBe(guest);
    expect(cameIn(before, [guest, bedside], { kind: 'device', room: 'nest' })).toBe(bedside);
    expect(cameIn(before, [bedside], { kind: 'device' })).toBeUndefined();
  });
});

describe('a moment, as the home’s own walls have it', () => {
  it('is read in the home’s zone, not in this device’s', () => {
    const now = '2026-11-21T00:30:00+02:00';
    expect(homeTime('2026-11-20T22:40:00Z', now)).toMatchObject({ at: '00:40', ago_days: 0 });
    expect(homeTime('2026-11-20T21:40:00Z', now)).toMatchObject({ at: '23:40', ago_days: 1 });
  });

  it('keeps the zone of the time it is written after', () => {
    const at_ms = Date.parse('2026-11-20T22:40:00Z');
    expect(inZoneOf('2026-11-20T18:00:00.250-03:30', at_ms)).toBe('2026-11-20T19:10:00-03:30');
    expect(inZoneOf('2026-11-20T18:00:00Z', at_ms)).toBe('2026-11-20T22:40:00Z');
  });

  it('is today, yesterday, or a date', () => {
    const now = '2026-11-20T18:00:00+00:00';
    expect(dayWords(en, '2026-11-20T08:00:00Z', now)).toBe('today');
    expect(dayWords(pt, '2026-11-19T08:00:00Z', now)).toBe('ontem');
    expect(dayWords(en, '2026-11-02T08:00:00Z', now)).toBe('on 2 November');
    expect(dayWords(pt, '2026-11-02T08:00:00Z', now)).toBe('a 2 de novembro');
  });
});

describe('whose screen this is', () => {
  it('is said by name, by room, or as a guest’s', () => {
    expect(whoIsHere(en, meAs(), home())).toContain('Mara');
    const bedside = meAs({ role: 'device', member: null, room: 'nest' });
    expect(whoIsHere(en, bedside, home())).toContain('The nest');
    expect(whoIsHere(en, { ...bedside, room: null }, home())).toContain('every room');
    expect(whoIsHere(pt, meAs({ role: 'guest', member: null }), null)).toContain('visita');
  });
});

describe('making keys', () => {
  it('takes a screen that came in a moment ago, by the house’s clock', () => {
    const now = meAs({ fresh_until_utc: '2026-11-20T18:10:00Z' });
    expect(isFresh(now, '2026-11-20T19:09:59+01:00')).toBe(true);
    expect(isFresh(now, '2026-11-20T19:10:00+01:00')).toBe(false);
    expect(isFresh(meAs(), '2026-11-20T19:00:00+01:00')).toBe(false);
  });
});
