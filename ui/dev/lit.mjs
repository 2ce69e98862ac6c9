// A screen in a real Chromium, for tests/browser/test_page_believes_the_guard.py: it is let in by the
// link it is given, and tells twice a second what it shines, sounds and says. Ends with its input.

import { chromium } from 'playwright-core';
import { BROWSER } from './browser.mjs';
import { listen } from './ear.mjs';

const SAMPLE_MS = 500;
const browser = await chromium.launch(BROWSER);
const page = await browser.newPage({ viewport: { width: 390, height: 844 }, hasTouch: true, locale: 'en-GB', serviceWorkers: 'block' }); // prettier-ignore
await page.addInitScript(listen);
await page.goto(process.argv[2]);
await page.getByRole('button', { name: 'Let this screen in' }).tap();
await page.waitForSelector('.ember', { state: 'attached' });
await page.locator('.turn').tap();

const look = () =>
  page.evaluate(() => {
    const samples = new Float32Array(window.ear ? window.ear.fftSize : 1);
    window.ear?.getFloatTimeDomainData(samples);
    const ember = document.querySelector('.ember');
    return {
      light: ember ? Number(getComputedStyle(ember).opacity) : 0,
      sound: Math.max(...samples.map(Math.abs)),
      key: JSON.parse(localStorage.getItem('evenfall:guard') ?? '{}').key ?? '',
      said: document.querySelector('main')?.textContent ?? '',
    };
  });

const timer = setInterval(() => {
  look().then(
    (sample) => process.stdout.write(`${JSON.stringify(sample)}\n`),
    () => undefined,
  );
}, SAMPLE_MS);
process.stdin.on('end', async () => {
  clearInterval(timer);
  await browser.close();
  process.exit(0);
});
process.stdin.resume();
