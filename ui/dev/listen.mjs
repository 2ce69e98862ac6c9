// Renders each soundscape for a minute and tells how loud it is (A-weighted), how it peaks, how much
// its loudest second exceeds the whole, and how alike it is to itself later, so that no loop is heard.

import { chromium } from 'playwright-core';
import { BROWSER } from './browser.mjs';
import { soundscapes } from './soundscapes.mjs';

const SECONDS = 60;
const { code, names } = await soundscapes();

const browser = await chromium.launch(BROWSER);
const page = await browser.newPage();
await page.goto('about:blank');
await page.evaluate(`${code}; window.soundscapes = soundscapes`);
for (const name of names) {
  console.log(name.padEnd(14), JSON.stringify(await page.evaluate(measure, [name, SECONDS])));
}
await browser.close();

/** A-weighting as biquads would be rough; in the frequency domain it is exact (IEC 61672). */
async function measure([name, seconds]) {
  const rate = 32000;
  const ctx = new OfflineAudioContext(1, rate * (seconds + 2), rate);
  window.soundscapes.sound(name, ctx, ctx.destination);
  const all = (await ctx.startRendering()).getChannelData(0).subarray(rate * 2);
  const size = 4096;
  const share = (hz) => {
    const f2 = hz * hz;
    const a = (12194 ** 2 * f2 * f2) / ((f2 + 20.6 ** 2) * Math.sqrt((f2 + 107.7 ** 2) * (f2 + 737.9 ** 2)) * (f2 + 12194 ** 2)); // prettier-ignore
    return (a * 1.2589) ** 2;
  };
  const weights = Array.from({ length: size / 2 }, (_, k) => share((k * rate) / size));
  const powers = [];
  for (let from = 0; from + size <= all.length; from += size) {
    const re = new Float64Array(size);
    const im = new Float64Array(size);
    for (let k = 0; k < size; k += 1) re[k] = all[from + k] * (0.5 - 0.5 * Math.cos((2 * Math.PI * k) / size)); // prettier-ignore
    fft(re, im);
    let power = 0;
    for (let k = 1; k < size / 2; k += 1) power += weights[k] * (re[k] ** 2 + im[k] ** 2);
    powers.push((2 * power) / (size * size * 0.375));
  }
  const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length;
  const rms = Math.sqrt(mean(powers));
  const perSecond = [];
  for (let at = 0; at + 8 <= powers.length; at += 8) perSecond.push(Math.sqrt(mean(powers.slice(at, at + 8)))); // prettier-ignore
  const db = (ratio) => Number((20 * Math.log10(ratio)).toFixed(1));
  let peak = 0;
  for (const sample of all) peak = Math.max(peak, Math.abs(sample));
  return {
    a_rms: Number(rms.toFixed(4)),
    peak: Number(peak.toFixed(2)),
    loudest_second_db: db(Math.max(...perSecond) / rms),
    softest_second_db: db(Math.min(...perSecond) / rms),
    alike_later: Number(alike(all, rate).toFixed(3)),
  };

  function fft(re, im) {
    for (let i = 1, j = 0; i < size; i += 1) {
      let bit = size >> 1;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) {
        [re[i], re[j]] = [re[j], re[i]];
        [im[i], im[j]] = [im[j], im[i]];
      }
    }
    for (let len = 2; len <= size; len <<= 1) {
      const angle = (-2 * Math.PI) / len;
      for (let i = 0; i < size; i += len) {
        for (let k = 0; k < len / 2; k += 1) {
          const c = Math.cos(angle * k);
          const s = Math.sin(angle * k);
          const x = re[i + k + len / 2] * c - im[i + k + len / 2] * s;
          const y = re[i + k + len / 2] * s + im[i + k + len / 2] * c;
          re[i + k + len / 2] = re[i + k] - x;
          im[i + k + len / 2] = im[i + k] - y;
          re[i + k] += x;
          im[i + k] += y;
        }
      }
    }
  }

  /** The strongest likeness of four seconds to any later four, over lags of three seconds and more. */
  function alike(samples, hz) {
    const step = 16;
    const few = [];
    for (let at = 0; at + step <= samples.length; at += step) {
      let sum = 0;
      for (let k = 0; k < step; k += 1) sum += samples[at + k] ** 2;
      few.push(Math.sqrt(sum / step));
    }
    const per = hz / step;
    const long = Math.round(4 * per);
    const flat = (from) => {
      const part = few.slice(from, from + long);
      const middle = mean(part);
      return part.map((one) => one - middle);
    };
    const here = flat(0);
    const power = (list) => list.reduce((sum, one) => sum + one * one, 0);
    let best = 0;
    for (let lag = Math.round(3 * per); lag + long < few.length; lag += 1) {
      const part = few.slice(lag, lag + long);
      const middle = mean(part);
      let dot = 0;
      let square = 0;
      for (let k = 0; k < long; k += 3) {
        const one = part[k] - middle;
        dot += one * here[k];
        square += one * one;
      }
      best = Math.max(best, dot / Math.sqrt(square * (power(here) / 3) || 1));
    }
    return best;
  }
}
