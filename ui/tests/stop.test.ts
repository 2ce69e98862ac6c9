import { expect, it } from 'vitest';
import { Taps } from '../src/lib/stop';

it('three taps within one and a half seconds are a stop; slower ones never are', () => {
  const quick = new Taps();
  expect([0, 700, 1400].map((at) => quick.tap(at))).toEqual([false, false, true]);
  const slow = new Taps();
  expect([0, 800, 1600, 2400, 3200].some((at) => slow.tap(at))).toBe(false);
});

it('two taps never are, and a stop begins the count anew', () => {
  const taps = new Taps();
  expect([0, 100, 200, 300, 400].map((at) => taps.tap(at))).toEqual([false, false, true, false, false]); // prettier-ignore
});
