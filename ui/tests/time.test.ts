import { describe, expect, it } from 'vitest';
import {
  clockAfter,
  clockOf,
  dayOf,
  endedRooms,
  firstWindDown,
  msOf,
  nextThing,
  ritualTimes,
} from '../src/lib/time';
import { home, room, sleeper } from './made';

const ms = (time: string) => msOf(`2026-11-20T${time}:00+00:00`);

describe('clock times', () => {
  it('are the home’s own, whatever zone the device is in', () => {
    expect(clockOf('2026-11-20T18:52:10+05:30')).toBe('18:52');
    expect(clockAfter('2026-11-20T18:52:00+05:30', 9 * 60_000)).toBe('19:01');
    expect(clockAfter('2026-11-20T23:58:00-03:00', 3 * 60_000)).toBe('00:01');
    expect(clockAfter('2026-11-20T18:52:00Z', 0)).toBe('18:52');
  });
});

describe('a night’s date', () => {
  it('is said as the language says it, whatever zone the device is in', () => {
    expect(dayOf('2026-11-20', 'en')).toBe('20 November 2026');
    expect(dayOf('2026-11-20', 'pt')).toBe('20 de novembro de 2026');
  });
});

describe('what happens next', () => {
  it('is a step of the ritual, in minutes', () => {
    expect(nextThing(home(), ms('18:37'))).toMatchObject({ what: 'bath', in_min: 8, kind: 'step' });
    expect(nextThing(home(), ms('18:57'))).toMatchObject({ what: 'teeth', in_min: 3 });
  });

  it('then the story, then lights out, then the morning of whoever is dark', () => {
    expect(nextThing(home(), ms('19:10'))?.kind).toBe('begins');
    expect(nextThing(home(), ms('19:30'))?.kind).toBe('lights-out');
    const dark = home({ sleepers: [sleeper({ dark: true })] });
    expect(nextThing(dark, ms('19:10'))).toMatchObject({ kind: 'wake', at: '07:00' });
  });

  it('after a no or a stop counts nothing of the evening, and leaves the bedtime', () => {
    for (const mode of ['told', 'paused', 'ended'] as const) {
      const over = home({ rooms: [room({ mode })] });
      expect(nextThing(over, ms('18:37'))).toMatchObject({ kind: 'lights-out', at: '19:45' });
    }
  });

  it('during a story is no step of the ritual, neither one before it nor one after', () => {
    const going = home({ rooms: [room({ mode: 'running' })] });
    for (const time of ['18:37', '18:57', '19:10']) {
      expect(nextThing(going, ms(time))).toMatchObject({ kind: 'lights-out', at: '19:45' });
    }
  });

  it('counts to no lights-out of a room that was stopped', () => {
    const over = home({ rooms: [room({ mode: 'stopped' })] });
    expect(nextThing(over, ms('18:37'))).toMatchObject({ kind: 'wake', at: '07:00' });
  });

  it('is told beside what somebody ended or holds, until the morning', () => {
    const rooms = (['stopped', 'paused', 'told', 'running', 'waiting'] as const).map((mode) =>
      room({ mode, name: mode }),
    );
    const told = endedRooms(home({ rooms })).map(({ name, how }) => [name, how]);
    const expected = [
      ['stopped', 'stopped'],
      ['paused', 'paused'],
      ['told', 'told'],
    ];
    expect(told).toEqual(expected);
    const past = room({ mode: 'stopped', morning: 'yes' });
    expect(endedRooms(home({ rooms: [past] }))).toEqual([]);
  });

  it('begins with whoever of a room winds down first', () => {
    const later = sleeper({ wind_down: '2026-11-20T19:15:00+00:00' });
    expect(firstWindDown([later, sleeper()])).toBe('2026-11-20T18:45:00+00:00');
    expect(firstWindDown([])).toBe('');
  });

  it('names everyone it is for, once', () => {
    const two = home({ sleepers: [sleeper(), sleeper({ member: 'ilay', name: 'Ilay' })] });
    expect(nextThing(two, ms('18:37'))?.who).toEqual(['Noor', 'Ilay']);
  });

  it('is nothing when everyone is up, and no story while it runs', () => {
    expect(nextThing(home({ sleepers: [sleeper({ up: true })] }), ms('18:37'))).toBeNull();
    const running = home({ rooms: [room({ mode: 'running' })] });
    expect(nextThing(running, ms('19:10'))?.kind).toBe('lights-out');
  });

  it('lays the ritual’s steps end to end from wind-down', () => {
    expect(ritualTimes(sleeper()).map((step) => step.at_ms)).toEqual([ms('18:45'), ms('19:00')]);
  });
});
