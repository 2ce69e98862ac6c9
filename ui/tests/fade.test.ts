import { describe, expect, it } from 'vitest';
import { atPace, fadeBegins_s, planFade, Ramp, valueAt } from '../src/lib/fade';

const NOWS = [0, 0.2, 1];
const RAMPS_S = [0, 5, 30, 600];
const LEASES_S = [0.5, 15, 75, 3600];

describe('a lease as a line', () => {
  const cases = NOWS.flatMap((now) =>
    NOWS.flatMap((target) =>
      RAMPS_S.flatMap((ramp) => LEASES_S.map((lease) => [now, target, ramp, lease] as const)),
    ),
  );

  it.each(cases)('from %d to %d in %d s ends at nothing after %d s', (now, target, ramp, lease) => {
    const points = planFade(now, target, ramp, lease);
    expect(points[0]).toEqual({ at_s: 0, value: now });
    expect(points[points.length - 1]).toEqual({ at_s: lease, value: 0 });
    for (const { value } of points) expect(value).toBeLessThanOrEqual(Math.max(now, target));
    const times = points.map((point) => point.at_s);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
  });

  it('holds the target until the last stretch', () => {
    const points = planFade(0, 1, 5, 75);
    expect(valueAt(points, 5)).toBe(1);
    expect(valueAt(points, 55)).toBe(1);
    expect(valueAt(points, 65)).toBeCloseTo(0.5);
    expect(valueAt(points, 80)).toBe(0);
  });

  it('leaves more than one renewal’s time before it fades', () => {
    expect(fadeBegins_s(15)).toBeGreaterThan(5);
  });

  it('goes on with a ramp when it is renewed, and begins anew when the target changes', () => {
    const ramp = new Ramp(5);
    const to = { target: 1, ramp_s: 30, lease_s: 15 };
    expect(ramp.left_s(0, to, 100)).toBe(30);
    expect(ramp.left_s(0.3, to, 110)).toBe(20);
    expect(ramp.left_s(0.7, to, 120)).toBe(10);
    expect(ramp.left_s(1, to, 131)).toBe(0);
    expect(ramp.left_s(1, { ...to, target: 0.5, ramp_s: 10 }, 140)).toBe(10);
  });

  it('is hurried by a stop on the way to the same dark, and not slowed by a renewal', () => {
    const ramp = new Ramp(5);
    const fade = { target: 0, ramp_s: 600, lease_s: 15 };
    expect(ramp.left_s(1, fade, 100)).toBe(600);
    expect(ramp.left_s(0.9, fade, 110)).toBe(590);
    expect(ramp.left_s(0.9, { ...fade, ramp_s: 3 }, 110)).toBe(3);
    expect(ramp.left_s(0.3, fade, 112)).toBe(1);
  });

  it('never rises at once: not after a late renewal, not when a hub is back', () => {
    const ramp = new Ramp(5);
    const to = { target: 1, ramp_s: 30, lease_s: 15 };
    ramp.left_s(1, to, 0);
    ramp.left_s(1, to, 14);
    ramp.left_s(1, to, 28);
    expect(ramp.left_s(0.6, to, 41)).toBe(5);
    expect(ramp.left_s(0, to, 90)).toBe(30);
  });
});

describe('a made-up evening’s frame', () => {
  const frame = { light_ramp_s: 300, sound_ramp_s: 60, light_lx_medi: 1 };

  it('takes its ramps at the evening’s pace', () => {
    expect(atPace(frame, 10)).toEqual({ ...frame, light_ramp_s: 30, sound_ramp_s: 6 });
  });

  it('is hurried below none of the house’s limits, and never slowed', () => {
    expect(atPace(frame, 600)).toEqual({ ...frame, light_ramp_s: 10, sound_ramp_s: 5 });
    const short = { ...frame, light_ramp_s: 3, sound_ramp_s: 1 };
    expect(atPace(short, 600)).toEqual(short);
  });

  it('is itself at the pace of life, and at one that is none', () => {
    for (const pace of [1, 0, 0.1, -5, NaN]) expect(atPace(frame, pace)).toBe(frame);
  });
});
