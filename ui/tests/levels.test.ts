import { describe, expect, it } from 'vitest';
import {
  EMBER_MAX_LX_MEDI,
  emberArea_px2,
  emberLxMedi,
  emberOpacity,
  roundedLx,
  worstCaseLxMedi,
} from '../src/lib/light';
import { redOf } from '../src/lib/lit';
import {
  CEILING_DBA,
  CEILING_GAIN,
  FULLEST_DBA,
  gainFor,
  REFERENCE_RMS,
} from '../src/lib/sound/level';

function pillow_dba(dba: number): number {
  return (
    FULLEST_DBA + 20 * Math.log10((gainFor(dba) * CEILING_GAIN * REFERENCE_RMS) / Math.SQRT1_2)
  );
}

describe('sound', () => {
  it('comes to the level that was asked for, on the loudest device assumed', () => {
    expect(pillow_dba(30)).toBeCloseTo(30);
    expect(pillow_dba(45)).toBeCloseTo(45);
  });

  it('never passes the ceiling, and nothing is silence', () => {
    for (const dba of [50, 80, 500, Infinity]) {
      expect(pillow_dba(dba)).toBeLessThanOrEqual(CEILING_DBA + 1e-9);
    }
    for (const dba of [0, -5, NaN]) expect(gainFor(dba)).toBe(0);
  });
});

describe('light', () => {
  it('adds up by area and by brightness', () => {
    const one = worstCaseLxMedi([{ area_px2: 10_000, red: 1 }]);
    const two = [{ area_px2: 10_000, red: 1 }, { area_px2: 10_000, red: 1 }]; // prettier-ignore
    expect(worstCaseLxMedi(two)).toBeCloseTo(2 * one);
    expect(worstCaseLxMedi([{ area_px2: 10_000, red: 0.5 }])).toBeLessThan(0.25 * one);
    // By hand: (100 px × 0.0254/96 m)² × 230 cd/m² × 0.1 / (0.3 m)².
    expect(one).toBeCloseTo(0.0004 * 447.4, 2);
  });

  it('of the ember stays under what a sleeping child may have', () => {
    expect(EMBER_MAX_LX_MEDI).toBeGreaterThan(0.1);
    expect(EMBER_MAX_LX_MEDI).toBeLessThan(1);
    expect(emberOpacity(500)).toBe(1);
    expect(emberOpacity(0)).toBe(0);
    expect(emberOpacity(-1)).toBe(0);
  });

  it('of the ember is what was asked for, below its most', () => {
    const asked = EMBER_MAX_LX_MEDI / 3;
    const given = worstCaseLxMedi([{ area_px2: emberArea_px2(), red: emberOpacity(asked) }]);
    expect(given).toBeCloseTo(asked);
  });

  it('of the ember follows a story’s fading from the most that is told, and gives never more', () => {
    const told = [10, 5, 2, 1, 0.5, 0.3, 0.2, 0.1, 0.05, 0];
    const given = told.map(emberLxMedi);
    for (const [at, lx] of given.entries()) {
      expect(lx).toBeLessThanOrEqual(Math.min(told[at] ?? 0, EMBER_MAX_LX_MEDI) + 1e-12);
      if (at) expect(lx).toBeLessThan(given[at - 1] ?? 0);
    }
    expect(emberOpacity(10) - emberOpacity(0.5)).toBeGreaterThan(0.1);
  });

  it('is read off colours and rounded up, never down', () => {
    expect(redOf('rgb(190, 0, 0)')).toBeCloseTo(190 / 255);
    expect(redOf('rgba(0, 0, 0, 0)')).toBe(0);
    expect(roundedLx(0.181)).toBe('0.19');
    expect(roundedLx(1.22)).toBe('1.3');
  });
});
