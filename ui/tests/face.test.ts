import { describe, expect, it } from 'vitest';
import { faceOf, keepsAwake, lightNow, nextOut, onlyNightLight, ritualOf } from '../src/lib/face';
import { msOf } from '../src/lib/time';
import { home, room, sleeper } from './made';

const HERE = { stopped: false, called: false };
const story = room({ mode: 'running', say: ['A line.'] });

describe('the one face of the bedside', () => {
  it.each([
    ['ritual', room()],
    ['early', room({ mode: 'before' })],
    ['paper', room({ night: '', mode: 'before' })],
    ['story', story],
    ['story', room({ mode: 'running', doors: [{ id: 'up', label: 'up' }] })],
    ['breather', room({ ...story, breather: true })],
    ['quiet', room({ mode: 'running' })],
    ['paused', room({ mode: 'paused' })],
    ['told', room({ mode: 'told' })],
    ['stopped', room({ mode: 'stopped' })],
    ['asleep', room({ mode: 'ended' })],
    ['called', room({ ...story, glow: true })],
    ['morning', room({ mode: 'stopped', morning: 'yes' })],
  ])('is %s', (face, given) => {
    expect(faceOf(given, [sleeper()], HERE)).toBe(face);
  });

  it('is asleep when everyone’s light is out, and nearly before the morning', () => {
    const dark = [sleeper({ dark: true }), sleeper({ member: 'ilay', dark: true })];
    expect(faceOf(story, dark, HERE)).toBe('asleep');
    expect(faceOf(room({ ...story, morning: 'nearly' }), dark, HERE)).toBe('nearly');
    expect(faceOf(story, [sleeper({ dark: true }), sleeper()], HERE)).toBe('story');
  });

  it('keeps a stop that was made here, whatever the hub still says', () => {
    expect(faceOf(story, [sleeper()], { stopped: true, called: false })).toBe('stopped');
  });

  it('answers a touch at night before the hub has', () => {
    const dark = [sleeper({ dark: true })];
    expect(faceOf(story, dark, { stopped: false, called: true })).toBe('called');
  });
});

describe('words that were being read when the house was lost', () => {
  const reads = { ...HERE, reads: true };
  const quiet = room({ mode: 'running' });

  it('stay in a quiet part, for as long as somebody’s light is on', () => {
    expect(faceOf(quiet, [sleeper({ dark: true }), sleeper()], reads)).toBe('yours');
    expect(faceOf(quiet, [sleeper({ dark: true })], reads)).toBe('asleep');
  });

  it('give way to a story that goes on, and to a stop', () => {
    expect(faceOf(story, [sleeper()], reads)).toBe('story');
    expect(faceOf(room({ mode: 'stopped' }), [sleeper()], reads)).toBe('stopped');
  });
});

describe('the light of a page', () => {
  it('is the night light’s alone where a sentence says it is dark', () => {
    for (const face of ['stopped', 'paused', 'asleep', 'nearly'] as const) {
      expect(onlyNightLight(face, [sleeper()]), face).toBe(true);
    }
    expect(onlyNightLight('quiet', [sleeper({ dark: true })])).toBe(true);
  });

  it('is the room’s while a story is told or the rest is the family’s', () => {
    for (const face of ['story', 'told', 'breather', 'quiet', 'ritual'] as const) {
      expect(onlyNightLight(face, [sleeper()]), face).toBe(false);
    }
  });
});

describe('the screen', () => {
  it('stays on for a story, and after lights-out only as a lit night light', () => {
    expect(keepsAwake('story', 0, false)).toBe(true);
    expect(keepsAwake('asleep', 0.5, false)).toBe(false);
    expect(keepsAwake('asleep', 0.5, true)).toBe(true);
    expect(keepsAwake('asleep', 0, true)).toBe(false);
  });

  it('is never brighter than the hour allows when the hub is gone', () => {
    const at = (time: string) => msOf(`2026-11-${time}:00+00:00`);
    expect(lightNow(home(), true, at('20T18:50'))).toBe('dusk');
    expect(lightNow(home(), false, at('20T18:40'))).toBe('dusk');
    expect(lightNow(home(), false, at('20T18:50'))).toBe('night');
    expect(lightNow(home({ light: 'night' }), false, at('21T07:30'))).toBe('night');
  });
});

describe('a room of two', () => {
  const noor = sleeper();
  const ilay = sleeper({ member: 'ilay', lights_out: '2026-11-20T20:15:00+00:00' });

  it('has each step of its rituals once', () => {
    expect(ritualOf([noor, ilay]).map((step) => step.what)).toEqual(['bath', 'teeth']);
  });

  it('puts the earlier light out first', () => {
    expect(nextOut([ilay, noor])).toBe(noor);
    expect(nextOut([ilay, { ...noor, dark: true }])).toBe(ilay);
    expect(nextOut([{ ...noor, dark: true }])).toBeUndefined();
  });
});
