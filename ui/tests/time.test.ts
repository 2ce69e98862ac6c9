import { describe, expect, it } from 'vitest';
import { clockAfter, clockOf, dayOf, msOf, nextThing, ritualTimes } from '../src/lib/time';
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
    for (const mode of ['told', 'stopped', 'ended'] as const) {
      const over = home({ rooms: [room({ mode })] });
      expect(nextThing(over, ms('18:37'))).toMatchObject({ kind: 'lights-out', at: '19:45' });
    }
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
