// The screens of a made-up home in a real Chromium, worked by tools/page_pictures.py: a command a
// line comes in, an answer a line goes out. It decides nothing.

import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { BROWSER } from './browser.mjs';

const SIZES = { phone: [390, 844], tablet: [820, 1180], desktop: [1280, 900] };
const PHONE = { width: 390, height: 844 };
const AGENT =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36'; // prettier-ignore
const WITHIN_MS = 20_000;
const LAID_OUT_MS = 400; // after a screen was turned to another size

const names = new Map((process.argv[2] ?? '').split(',').filter(Boolean).map((one) => one.split('='))); // prettier-ignore
const rules = [...names].map(([name, address]) => `MAP ${name} ${address}`).join(', ');
const browser = await chromium.launch({
  ...BROWSER,
  args: [...BROWSER.args, ...(rules ? [`--host-resolver-rules=${rules}`] : [])],
});

/** What a screen was let in with outlives its page; whatever else it kept does not. */
const cookies = new Map();
const screens = new Map();

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const called = (name) => (name.startsWith('^') ? new RegExp(name) : name);
const one = (page, name) =>
  page.getByRole('button', { name: called(name) }).or(page.getByRole('link', { name: called(name) })).first(); // prettier-ignore
/** A part of the page by its id, else by what it says. */
const place = (page, what) => (what.startsWith('#') ? page.locator(what) : page.getByText(what)).first(); // prettier-ignore

/** What a look at the page can tell of it: what is cut off, what is wider than the screen. */
const findings = () => {
  const cut = [...document.querySelectorAll('main *')]
    .filter((node) => node.children.length === 0 && node.textContent.trim())
    .filter((node) => !node.closest('.unseen') && !node.classList.contains('unseen'))
    .filter(
      (node) =>
        node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== 'inline',
    ) // prettier-ignore
    .map((node) => `cut off: ${node.textContent.trim().slice(0, 60)}`);
  const wide = document.documentElement.scrollWidth - innerWidth;
  return [...cut, ...(wide > 0 ? [`${wide} px wider than the screen`] : [])];
};

const COMMANDS = {
  /** A screen as somebody opens it: what it was let in with is known, its page is new. */
  async screen({ name, locale = 'en-GB', like = name, throttle = 1, bare = false }) {
    await screens.get(name)?.context().close();
    const context = await browser.newContext({ viewport: PHONE, userAgent: AGENT, locale, hasTouch: true, ignoreHTTPSErrors: true, serviceWorkers: 'block' }); // prettier-ignore
    context.setDefaultTimeout(WITHIN_MS);
    if (!bare && cookies.has(like)) await context.addCookies(cookies.get(like));
    const page = await context.newPage();
    if (throttle > 1) {
      const cdp = await context.newCDPSession(page);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle });
      await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
      await page.addInitScript(ready);
    }
    screens.set(name, page);
  },
  keep: async ({ page, name }) => void cookies.set(name, await page.context().cookies()),
  close: async ({ page, name }) => {
    await page.context().close();
    screens.delete(name);
  },
  go: async ({ page, url }) => {
    await page.goto(url);
    await page.waitForSelector('main h1, main section, .edge, .prompter, .breath');
  },
  press: ({ page, text }) => one(page, text).click(),
  choose: ({ page, selector }) => page.locator(selector).first().click(),
  fill: ({ page, label, text }) => page.getByLabel(called(label)).first().fill(text),
  see: ({ page, text }) => page.getByText(called(text)).first().waitFor(),
  until: ({ page, selector, within_s = 20 }) => page.locator(selector).first().waitFor({ state: 'attached', timeout: within_s * 1000 }), // prettier-ignore
  key: ({ page, key }) => page.keyboard.press(key),
  touch: ({ page }) => page.touchscreen.tap(195, 420),
  wait: ({ ms }) => wait(ms),
  /** On to the last line of this part, as whoever reads aloud would. */
  async read({ page }) {
    for (let k = 0; k < 30; k += 1) {
      const left = await page.locator('.prompter .lines p.now ~ p').count();
      if (!left) return;
      await page.keyboard.press('ArrowRight');
      await wait(80);
    }
  },
  async draw({ page }) {
    const box = await page.locator('canvas').boundingBox();
    const at = (k) => [box.x + box.width * (0.15 + 0.7 * k), box.y + box.height * (0.55 + 0.25 * Math.sin(9 * k))]; // prettier-ignore
    await page.mouse.move(...at(0));
    await page.mouse.down();
    for (let k = 0; k <= 40; k += 1) await page.mouse.move(...at(k / 40));
    await page.mouse.up();
  },
  /** One state at three sizes. */
  async shoot({ page, file, to = '' }) {
    const found = [];
    for (const [size, [width, height]] of Object.entries(SIZES)) {
      await page.setViewportSize({ width, height });
      await wait(LAID_OUT_MS);
      if (to) await place(page, to).evaluate((node) => node.scrollIntoView({ block: node.id ? 'start' : 'center' })); // prettier-ignore
      await page.screenshot({ path: `${file}-${size}.png` });
      for (const what of await page.evaluate(findings)) found.push(`${size}: ${what}`);
    }
    await page.setViewportSize(PHONE);
    const light = await page.evaluate(() => document.body.dataset.light);
    return { light, found };
  },
  /** When the page could first be used: the thing to do stands there, and the script has let go. */
  interactive: ({ page }) =>
    page.waitForFunction(() => window.usable_ms).then((found) => found.jsonValue()),
  now: ({ page }) => page.evaluate(() => performance.timeOrigin + performance.now()),
  bytes: ({ page }) =>
    page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter((one) => one.name.endsWith('.js'))
        .reduce((sum, one) => sum + one.encodedBodySize, 0),
    ),
};

/** Notes, from the first moment of the page, when its way on is there and a task is answered at once. */
function ready() {
  const look = () => {
    if (!document.querySelector('nav .begin')) return requestAnimationFrame(look);
    const from = performance.now();
    setTimeout(() => {
      if (performance.now() - from < 50) window.usable_ms = performance.now();
      else requestAnimationFrame(look);
    });
  };
  requestAnimationFrame(look);
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.do === 'end') break;
  try {
    const page = screens.get(command.name);
    const answer = await COMMANDS[command.do]({ ...command, page });
    process.stdout.write(`${JSON.stringify({ answer: answer ?? null })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ why: error.message.slice(0, 400) })}\n`);
  }
}
await browser.close();
