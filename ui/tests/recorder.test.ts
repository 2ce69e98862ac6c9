import { describe, expect, it } from 'vitest';
import { AROUND_S, aroundWords, MOST_S, RATE_HZ, typeFor, wavOf } from '../src/lib/recorder';
import {
  gainFor,
  loudestSecond,
  RAISED_AT_MOST,
  REFERENCE_RMS,
  trimFor,
} from '../src/lib/sound/level';

const HUB_TAKES_BYTES = 2_000_000;
const RATE = 1000;

/** Silence, a tone of full steps, silence: in seconds, at a thousand samples a second. */
function said(before_s: number, words_s: number, after_s: number, loud = 0.5): Float32Array {
  const samples = new Float32Array((before_s + words_s + after_s) * RATE);
  const from = before_s * RATE;
  for (let at = 0; at < words_s * RATE; at += 1) samples[from + at] = at % 2 ? loud : -loud;
  return samples;
}

describe('a recording as it is kept', () => {
  it('begins a little before its first word and ends a little after its last', () => {
    const kept = aroundWords(said(5, 3, 4), RATE);
    expect(kept.length / RATE).toBeCloseTo(3 + 2 * AROUND_S);
    expect(kept.findIndex((sample) => sample !== 0)).toBe(AROUND_S * RATE);
  });

  it('is given the quiet it lacks, so that the first word is not faded away', () => {
    const kept = aroundWords(said(0, 3, 0), RATE);
    expect(kept.findIndex((sample) => sample !== 0)).toBe(AROUND_S * RATE);
  });

  it('keeps what breathes before the first word', () => {
    const samples = said(5, 3, 0);
    samples[5 * RATE - 10] = 0.005; // too soft for a word
    expect(aroundWords(samples, RATE)[AROUND_S * RATE - 10]).toBeCloseTo(0.005);
  });

  it('is never longer than a minute, nor larger than a hub takes', () => {
    const kept = aroundWords(new Float32Array(MOST_S * RATE_HZ).fill(0.3), RATE_HZ);
    expect(kept.length).toBeLessThanOrEqual(MOST_S * RATE_HZ);
    expect(wavOf(kept, RATE_HZ).byteLength).toBeLessThan(HUB_TAKES_BYTES);
  });

  it('of nothing is nothing', () => {
    expect(aroundWords(new Float32Array(100), RATE)).toHaveLength(0);
  });

  it('is a WAV that says truly what it is, and nothing beyond full scale', () => {
    const view = new DataView(wavOf(new Float32Array([0, 1, -1, 7]), 16_000));
    const text = (at: number, length: number) =>
      String.fromCharCode(...Array.from({ length }, (_, k) => view.getUint8(at + k)));
    expect([text(0, 4), text(8, 8), text(36, 4)]).toEqual(['RIFF', 'WAVEfmt ', 'data']);
    expect([view.getUint32(4, true), view.getUint32(40, true)]).toEqual([36 + 8, 8]);
    expect([view.getUint16(20, true), view.getUint16(22, true)]).toEqual([1, 1]);
    expect([view.getUint32(24, true), view.getUint32(28, true)]).toEqual([16_000, 32_000]);
    expect([0, 1, 2, 3].map((k) => view.getInt16(44 + 2 * k, true))).toEqual([
      0, 32_767, -32_767, 32_767,
    ]);
  });

  it('is recorded as MP4 where the browser can, and else as it can', () => {
    expect(typeFor(() => true)).toBe('audio/mp4');
    expect(typeFor((type) => type.includes('webm'))).toBe('audio/webm;codecs=opus');
    expect(typeFor(() => false)).toBeNull();
  });
});

describe('how loud a recording is played', () => {
  it('follows its loudest second: silence beside it makes no word louder', () => {
    const short = said(0, 3, 0);
    const long = said(30, 3, 27);
    expect(loudestSecond(long, RATE)).toBeCloseTo(loudestSecond(short, RATE));
    expect(trimFor(long, RATE)).toBeCloseTo(trimFor(short, RATE));
  });

  it('brings a loud and a soft one to the same level', () => {
    for (const loud of [0.01, 0.1, 0.9]) {
      const samples = said(1, 4, 1, loud);
      expect(trimFor(samples, RATE) * loudestSecond(samples, RATE)).toBeCloseTo(REFERENCE_RMS);
    }
  });

  it('does not make a whisper of noise loud, and of silence makes nothing', () => {
    expect(trimFor(said(0, 3, 0, 0.0001), RATE)).toBe(RAISED_AT_MOST);
    expect(trimFor(new Float32Array(RATE), RATE)).toBe(0);
    expect(trimFor(new Float32Array(0), RATE)).toBe(0);
    expect(gainFor(30)).toBeLessThan(gainFor(40));
  });
});
