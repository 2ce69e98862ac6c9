// Bedside pages in a real Chromium, worked by benchmarks/stops.py: a command a line comes in, an
// answer a line goes out. Times are the wall clock's milliseconds, which both sides share.

import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { BROWSER } from './browser.mjs';

const NOTHING = 2e-6; // of full scale, as in ear.mjs
const DARK = 0.005;
const LOOK_EVERY_MS = 10;

/** Put before the page's own scripts: a short ear, where the sound leaves the page. */
function listen() {
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode && this.context instanceof AudioContext) {
      this.context.ear ??= Object.assign(this.context.createAnalyser(), { fftSize: 1024 });
      window.ear = this.context.ear;
      connect.call(this, window.ear);
    }
    return connect.call(this, to, ...rest);
  };
}

/** What is seen and heard now. */
function look() {
  const ember = document.querySelector('.ember');
  const samples = new Float32Array(window.ear ? window.ear.fftSize : 1);
  window.ear?.getFloatTimeDomainData(samples);
  const rms = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
  return { light: ember ? Number(getComputedStyle(ember).opacity) : 0, sound: rms };
}

/** When its light began to go, and when it was dark and silent for good. */
function watch({ code, every_ms, dark, nothing }) {
  const seen = new Function(`return (${code})()`);
  const first = seen();
  window.watched = { first, falls_ms: 0, dark_ms: 0, silent_ms: 0 };
  const { watched } = window;
  window.watching = setInterval(() => {
    const { light, sound } = seen();
    const now_ms = Date.now();
    if (!watched.falls_ms && light < first.light * 0.97) watched.falls_ms = now_ms;
    watched.dark_ms = light > dark ? 0 : watched.dark_ms || now_ms;
    watched.silent_ms = sound > nothing ? 0 : watched.silent_ms || now_ms;
  }, every_ms);
}

const browser = await chromium.launch(BROWSER);
const pages = [];

const COMMANDS = {
  // A page that was stopped tells any hub it finds: it is closed before another evening begins.
  async shut() {
    for (const one of pages.splice(0)) await one.context().close();
  },
  async open({ url }) {
    for (let k = 0; k < 2; k += 1) {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, locale: 'en-GB', serviceWorkers: 'block' }); // prettier-ignore
      pages.push(await context.newPage());
      await pages[k].addInitScript(listen);
      await pages[k].goto(url);
    }
    await pages[0].getByRole('button', { name: 'Begin the story' }).click({ timeout: 15_000 });
    await pages[1].waitForSelector('.prompter .now', { timeout: 15_000 });
  },
  look: () => pages[0].evaluate(look),
  watch: () => pages[0].evaluate(watch, { code: look.toString(), every_ms: LOOK_EVERY_MS, dark: DARK, nothing: NOTHING }), // prettier-ignore
  seen: () => pages[0].evaluate(() => window.watched),
  async escape({ page }) {
    const at_ms = Date.now();
    await pages[page].keyboard.press('Escape');
    return { at_ms };
  },
  // The stop is made when two seconds were held; that is when it counts from.
  async hold({ page }) {
    await pages[page].mouse.move(200, 120);
    await pages[page].mouse.down();
    const at_ms = Date.now() + 2000;
    await pages[page].waitForTimeout(2100);
    await pages[page].mouse.up();
    return { at_ms };
  },
};

process.stdout.write('{"ready":true}\n');
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.do === 'close') break;
  const answer = await COMMANDS[command.do](command).then(
    (is) => ({ is: is ?? null }),
    async (error) => {
      const shown = await pages[0]?.evaluate(() => document.body.innerText).catch(() => '');
      return { why: `${error.message.split('\n')[0]} (the page shows: ${shown})` };
    },
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
