import { describe, expect, it } from 'vitest';
import { movingRuns, pictureOf, runsOf } from '../src/lib/hypnogram';
import { marksOf, NIGHT_FROM, placeOf, scaleOf } from '../src/lib/timeline';
import { routeOf } from '../src/lib/route.svelte';
import type { MemberMorning } from '../src/lib/types';
import { home, sleeper } from './made';

const START = '2026-11-20T22:45:00+00:00';

function morning(age_months: number, more: Partial<MemberMorning>): MemberMorning {
  return {
    member: 'mara',
    name: 'Mara',
    plan: { age_months, lights_out: START, wake: START },
    measured: 'by movement',
    hypnogram: null,
    movement: null,
    statistics: [],
    ...more,
  };
}

describe('the night as a picture', () => {
  const hypnogram = { start: START, epoch_s: 30, stages: ['W' as const], source: 'an estimate' };
  const movement = { start: START, epoch_s: 30, moving: [true], source: 'by movement' };

  it('has runs of one stage, gaps left out', () => {
    expect(runsOf(['W', 'W', null, 'W', 'R', 'N3'])).toEqual([
      { from: 0, to: 2, row: 0, rem: false },
      { from: 3, to: 4, row: 0, rem: false },
      { from: 4, to: 5, row: 1, rem: true },
      { from: 5, to: 6, row: 4, rem: false },
    ]);
    expect(movingRuns([false, true, true, null, true])).toEqual([
      { from: 1, to: 3 },
      { from: 4, to: 5 },
    ]);
  });

  it('never shows a child’s stages, even where some were sent', () => {
    expect(pictureOf(morning(100, { hypnogram }))).toBeNull();
    expect(pictureOf(morning(215, { hypnogram, movement }))?.kind).toBe('movement');
    expect(pictureOf(morning(216, { hypnogram, movement }))?.kind).toBe('stages');
  });

  it('is nothing where nothing was measured', () => {
    expect(pictureOf(morning(400, {}))).toBeNull();
  });
});

describe('a line', () => {
  const noor = sleeper();
  const ilay = sleeper({ member: 'ilay', lights_out: '2026-11-20T20:15:00+00:00' });
  const scale = scaleOf([noor, ilay]);

  it('runs from the first wind-down to the last wake, in order', () => {
    const { windDown, story, lightsOut, wake } = marksOf(home(), noor, scale);
    expect(windDown).toBe(0);
    expect(story).toBeGreaterThan(windDown);
    expect(lightsOut).toBeGreaterThan(story ?? 1);
    expect(lightsOut).toBeLessThan(NIGHT_FROM);
    expect(wake).toBe(1);
  });

  it('has no story where the room’s begins outside the sleeper’s evening', () => {
    const late = sleeper({ wind_down: '2026-11-20T19:40:00+00:00' });
    expect(marksOf(home(), late, scaleOf([noor, late])).story).toBeNull();
  });

  it('stays on the page for times outside it', () => {
    expect(placeOf(0, scale)).toBe(0);
    expect(placeOf(Number.MAX_SAFE_INTEGER, scale)).toBe(1);
  });
});

describe('a way', () => {
  it('leads to one of three pages', () => {
    expect(routeOf('#/bedside/nest')).toEqual({ page: 'bedside', room: 'nest' });
    expect(routeOf('#/morning')).toEqual({ page: 'morning' });
    for (const hash of ['', '#/', '#/bedside', '#/else']) {
      expect(routeOf(hash)).toEqual({ page: 'tonight' });
    }
  });
});
