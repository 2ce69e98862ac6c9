// Drives the page in a real browser against the made-up evening and says what held. Prints one line
// a check; ends with a failure where any did not hold.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { BROWSER } from './browser.mjs';
import { doorChecks } from './drive-door.mjs';
import { guardChecks } from './drive-guard.mjs';
import { helpChecks } from './drive-help.mjs';
import { nightChecks } from './drive-night.mjs';
import { listen } from './ear.mjs';
import { startHub } from './fake-hub.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const NIGHT = '2026-11-20T18:57:00+00:00';
const hub = await startHub({ port: 0, speed: 0 });
const browser = await chromium.launch(BROWSER);
let failed = 0;

function held(what, is, more = '') {
  if (!is) failed += 1;
  console.log(`${is ? 'held  ' : 'FAILED'}  ${what}${more === '' ? '' : `  (${more})`}`);
}

async function set(what, body = {}) {
  await fetch(`${hub.url}dev/${what}`, { method: 'POST', body: JSON.stringify(body) });
}

async function fresh(states) {
  await set('dead', { is: false });
  await set('reset');
  for (const [what, body] of states) await set(what, body);
}

const running = (at) => [
  ['at', { now: NIGHT }],
  ['room', { room: 'nest', mode: 'running' }],
  ['part', { room: 'nest', at }],
];
const asleep = [...running(6), ['dark', { members: ['noor', 'ilay'] }]];

async function open(hash, more = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, locale: 'en-GB', serviceWorkers: 'block', ...more }); // prettier-ignore
  const page = await context.newPage();
  await page.addInitScript(listen);
  await page.goto(hub.url + hash);
  await page.waitForSelector('main h1, main section, .edge, .prompter, .breath');
  return page;
}

const loud = (page) =>
  page.evaluate(() => {
    if (!window.ear) return 0;
    const samples = new Float32Array(window.ear.fftSize);
    window.ear.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
  });
const ember = (page) => page.locator('.ember').evaluate((node) => Number(getComputedStyle(node).opacity)); // prettier-ignore
const nest = async () =>
  (await (await fetch(`${hub.url}api/v1/home`)).json()).rooms.find((one) => one.room === 'nest');
const mode = async () => (await nest()).mode;

/** The most green or blue of any pixel of the page. */
async function otherThanRed(page) {
  const shot = (await page.screenshot()).toString('base64');
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0);
    const bytes = pen.getImageData(0, 0, image.width, image.height).data;
    let most = 0;
    for (let k = 0; k < bytes.length; k += 4) most = Math.max(most, bytes[k + 1], bytes[k + 2]);
    return most;
  }, shot);
}

/** What axe finds, and whether everything to press is large enough. */
async function accessible(page, name) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] })); // prettier-ignore
  held(`axe finds nothing: ${name}`, violations.length === 0, violations.map((one) => `${one.id} ${one.nodes[0].html.slice(0, 120)}`).join('; ')); // prettier-ignore
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, a')]
      .filter((one) => !one.classList.contains('unseen'))
      .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
      .filter(([, box]) => box.width < 64 || box.height < 64)
      .map(([text, box]) => `${text} ${Math.round(box.width)}×${Math.round(box.height)}`),
  );
  held(`targets are 64 px: ${name}`, small.length === 0, small.join('; '));
}

const CHECKS = {
  ...guardChecks({ browser, held, loud, ember }),
  ...helpChecks({ hub, fresh, set, open, held, nest, running, asleep, accessible }),
  ...nightChecks({ browser, fresh, set, open, held, loud, nest, running, asleep }),
  ...doorChecks({ hub, fresh, set, open, held, loud, ember, mode, accessible, otherThanRed }),

  async begin() {
    await fresh([['at', { now: NIGHT }]]);
    const page = await open('#/');
    const from = performance.now();
    await page.getByRole('link', { name: 'Begin' }).tap();
    await page.getByRole('button', { name: 'Begin the story' }).tap();
    await page.waitForSelector('.prompter .now');
    const ms = Math.round(performance.now() - from);
    held('Begin to the first word in two taps', ms < 20_000, `${ms} ms`);
    await page.waitForTimeout(9000);
    held('its sound is heard', (await loud(page)) > 1e-4, (await loud(page)).toFixed(5));
    await page.context().close();
  },

  async lines() {
    await fresh(running(1));
    const page = await open('#/bedside/nest', { viewport: { width: 820, height: 1180 } });
    const usual = await page.locator('.prompter .lines p').last().evaluate((node) => {
      const text = node.firstChild;
      const range = document.createRange();
      const rows = new Map();
      for (let k = 0; k < text.length; k += 1) {
        range.setStart(text, k);
        range.setEnd(text, k + 1);
        const top = Math.round(range.getBoundingClientRect().top);
        rows.set(top, (rows.get(top) ?? 0) + 1);
      }
      const full = [...rows.values()].slice(0, -1);
      return full.reduce((sum, one) => sum + one, 0) / full.length;
    }); // prettier-ignore
    held('about 34 characters a line', usual >= 29 && usual <= 36, usual);
    const read = () => page.locator('.prompter .now').textContent();
    const first = await read();
    await page.keyboard.press('ArrowRight');
    const second = await read();
    await page.keyboard.press('ArrowLeft');
    held('arrows turn on and back', second !== first && (await read()) === first);
    await page.locator('.turn').tap();
    held('a tap turns on', (await read()) === second);
    await page.context().close();
  },

  async stops() {
    const ways = {
      'three taps': async (page) => {
        for (let k = 0; k < 3; k += 1) await page.touchscreen.tap(200, 120);
      },
      'a hold of two seconds': async (page) => {
        await page.mouse.move(200, 120);
        await page.mouse.down();
        await page.waitForTimeout(2100);
        await page.mouse.up();
      },
      'the word': (page) => page.getByRole('button', { name: /^Stop$/ }).tap(),
      Escape: (page) => page.keyboard.press('Escape'),
    };
    for (const [name, way] of Object.entries(ways)) {
      await fresh(running(0));
      const page = await open('#/bedside/nest');
      await page.locator('.turn').tap();
      await page.waitForTimeout(4000);
      const before = await loud(page);
      await way(page);
      await page.waitForTimeout(2200);
      const after = await loud(page);
      held(`${name}: silence, dark, and the hub knows`, before > 1e-5 && after === 0 && (await ember(page)) < 0.01 && (await mode()) === 'stopped', `${before.toFixed(5)} → ${after}`); // prettier-ignore
      await page.context().close();
    }
  },

  async stopAlone() {
    await fresh(running(0));
    const page = await open('#/bedside/nest');
    await page.locator('.turn').tap();
    await page.waitForTimeout(3000);
    await set('dead', { is: true });
    await page.getByRole('button', { name: /^Stop$/ }).tap();
    await page.waitForTimeout(1500);
    held('a stop holds without the hub', (await loud(page)) === 0);
    held('and says so', (await page.textContent('main')).includes('will be told'));
    await set('dead', { is: false });
    await page.reload();
    await page.waitForTimeout(6000);
    held('the hub is told when it is back', (await mode()) === 'stopped');
    await page.context().close();
  },

  async gone() {
    await fresh(running(0));
    const page = await open('#/bedside/nest');
    await page.locator('.turn').tap();
    await page.waitForTimeout(8000);
    const before = [await loud(page), await ember(page)];
    await set('dead', { is: true });
    await page.waitForTimeout(16_500);
    const after = [await loud(page), await ember(page)];
    held('a hub that is gone: sound and light end with what was told', before[0] > 1e-4 && before[1] > 0.05 && after[0] === 0 && after[1] === 0, `${before.map((one) => one.toFixed(4))} → ${after}`); // prettier-ignore
    held('the words stay, and the page says so', (await page.locator('.prompter .now').count()) === 1 && (await page.textContent('main')).includes('The story goes on')); // prettier-ignore
    await set('dead', { is: false });
    await page.waitForTimeout(12_000);
    held('a hub that is back: everything resumes', (await loud(page)) > 1e-5 && (await ember(page)) > 0.02, `${(await loud(page)).toFixed(5)}, ${(await ember(page)).toFixed(3)}`); // prettier-ignore
    await page.context().close();
  },

  async frozen() {
    await fresh(running(0));
    const page = await open('#/bedside/nest');
    await page.locator('.turn').tap();
    await page.waitForTimeout(8000);
    const before = await loud(page);
    // The page's script stands still for longer than it was told to go on; the audio clock does not.
    await page.evaluate(() => {
      const from = performance.now();
      window.heard = [];
      while (performance.now() - from < 16_000) {
        /* stands still */
      }
      const samples = new Float32Array(window.ear.fftSize);
      window.ear.getFloatTimeDomainData(samples);
      window.heard.push(samples.some((one) => one !== 0));
    });
    held('a page that stands still goes quiet by itself', before > 1e-4 && !(await page.evaluate(() => window.heard[0]))); // prettier-ignore
    await page.waitForTimeout(8000);
    held('and goes on when it moves again', (await loud(page)) > 1e-5);
    await page.context().close();
  },

  async calls() {
    await fresh(asleep);
    const page = await open('#/bedside/nest');
    held('after lights-out: face down, off the bed', (await page.textContent('main')).includes('Face down')); // prettier-ignore
    await page.touchscreen.tap(200, 500);
    await page.waitForTimeout(2500);
    const first = await ember(page);
    held('one touch at night: someone is coming, a dim glow', (await page.textContent('main')).includes('Someone is coming') && first > 0.1, first.toFixed(2)); // prettier-ignore
    await page.waitForTimeout(9500);
    const risen = await ember(page);
    await page.reload(); // what is left of the answer is the house's own
    await page.waitForTimeout(11_000);
    held('the house’s own glow is no brighter: what rose once stays', Math.abs((await ember(page)) - risen) < 0.02, `${risen.toFixed(2)} → ${(await ember(page)).toFixed(2)}`); // prettier-ignore
    await set('room', { room: 'nest', call: 'lost' });
    await page.waitForTimeout(500);
    held('and is promised by nobody where nobody could be told', !(await page.textContent('main')).includes('is coming')); // prettier-ignore
    await page.context().close();
  },

  async dark() {
    for (const agreed of [false, true]) {
      await fresh(running(0));
      const page = await open('#/bedside/nest');
      await page.evaluate((is) => localStorage.setItem('evenfall:night-light', is ? 'yes' : 'no'), agreed); // prettier-ignore
      await page.reload();
      await page.waitForSelector('.prompter');
      const seen = [];
      for (const name of [/^Pause$/, /^Go on$/, /^Stop$/]) {
        await page.getByRole('button', { name }).tap();
        await page.waitForTimeout(4000);
        seen.push(await ember(page));
      }
      const said = await page.textContent('main');
      if (agreed) held('the agreed night light stays through a pause and a stop, and is said', seen.every((one) => one > 0.05) && said.includes('with the night light'), seen.map((one) => one.toFixed(2)).join()); // prettier-ignore
      else held('a page that is no night light is as dark as it says, paused and stopped', seen[0] < 0.01 && seen[2] < 0.01 && said.includes('Dark and quiet'), seen.map((one) => one.toFixed(2)).join()); // prettier-ignore
      await page.context().close();
    }
  },

  async backInQuiet() {
    await fresh(running(1));
    const page = await open('#/bedside/nest');
    await page.locator('.turn').tap();
    const before = await page.locator('.prompter .now').textContent();
    await set('dead', { is: true });
    await page.waitForTimeout(1500);
    await set('part', { room: 'nest', at: 6 });
    await set('dead', { is: false });
    await page.getByText('the words stay').waitFor({ timeout: 12_000 });
    const still = await page.locator('.prompter .now').textContent();
    held('a house that is back in quiet takes no words from whoever reads', still === before && (await page.getByRole('link', { name: 'Tonight' }).isVisible())); // prettier-ignore
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    held('turning on there calls nobody', !(await nest()).glow);
    for (const name of ['Noor', 'Ilay']) await page.getByRole('button', { name: `Lights out, ${name}` }).tap(); // prettier-ignore
    await page.getByText('Face down').waitFor();
    held('and lights-out ends them', true);
    await page.context().close();
  },

  /** The ember and what it stands beside, at the sizes it is used at. */
  async beside() {
    const notices = ['The lamp doesn’t answer. The story goes on.', 'A touch at night calls nobody yet: no adult’s phone is known here. A shout still works.', 'The speaker doesn’t answer. The story goes on.']; // prettier-ignore
    const states = {
      ritual: [['at', { now: NIGHT }]],
      'ritual with three notices': [
        ['at', { now: NIGHT }],
        ['room', { room: 'nest', faults: notices }],
      ],
      told: [...running(1), ['room', { room: 'nest', mode: 'told' }]],
      'the agreed night light': asleep,
      called: [...asleep, ['room', { room: 'nest', glow: true, glowUntil: 9e15 }]],
    };
    for (const [name, states_] of Object.entries(states)) {
      for (const [width, height] of [
        [390, 844],
        [390, 660],
        [820, 1180],
        [1280, 900],
      ]) {
        // prettier-ignore
        await fresh(states_);
        const storageState = { cookies: [], origins: [{ origin: new URL(hub.url).origin, localStorage: [{ name: 'evenfall:night-light', value: 'yes' }] }] }; // prettier-ignore
        const page = await open('#/bedside/nest', { viewport: { width, height }, storageState });
        await page.waitForTimeout(500);
        const over = await page.evaluate(() => {
          const box = document.querySelector('.ember').getBoundingClientRect();
          const [x, y, r] = [box.x + box.width / 2, box.y + box.height / 2, Math.min(box.width, box.height) / 2]; // prettier-ignore
          const hit = ({ left, right, top, bottom }) => Math.hypot(x - Math.min(right, Math.max(left, x)), y - Math.min(bottom, Math.max(top, y))) < r; // prettier-ignore
          const parts = [...document.querySelectorAll('main svg, main p')].map((node) => node.getBoundingClientRect()); // prettier-ignore
          const cut = parts.some((one) => one.top < 0);
          return [parts.filter((one) => one.width > 1 && hit(one)).length, cut, Math.round(2 * r)];
        });
        held(`the ember stands over nothing, and nothing is pushed off: ${name}, ${width} × ${height}`, over[0] === 0 && !over[1] && (over[2] > 24 || height < 700), over.join()); // prettier-ignore
        await page.context().close();
      }
    }
  },

  async wakeLock() {
    await fresh(running(1));
    const page = await open('#/bedside/nest');
    await page.evaluate(() => {
      window.locks = [];
      const request = navigator.wakeLock.request.bind(navigator.wakeLock);
      navigator.wakeLock.request = async (kind) => {
        const lock = await request(kind);
        window.locks.push(lock);
        return lock;
      };
    });
    await page.goto(`${hub.url}#/`);
    await page.goto(`${hub.url}#/bedside/nest`);
    await page.waitForTimeout(800);
    const on = await page.evaluate(() => window.locks.some((lock) => !lock.released));
    await set('dark', { members: ['noor', 'ilay'] });
    await page.waitForTimeout(800);
    const off = await page.evaluate(() => window.locks.every((lock) => lock.released));
    held('the screen is kept on for the story, and let go at lights-out', on && off, `${on}, ${off}`); // prettier-ignore
    await page.context().close();
  },

  async red() {
    await fresh(running(1));
    for (const hash of ['#/', '#/bedside/nest']) {
      const page = await open(hash);
      await page.waitForTimeout(3500);
      const other = await otherThanRed(page);
      held(`only the red channel at night, on ${hash}`, other === 0, `green and blue ≤ ${other}`);
      await page.context().close();
    }
  },

  async access() {
    const states = {
      tonight: ['#/', [['at', { now: NIGHT }]]],
      dusk: ['#/', []],
      ritual: ['#/bedside/nest', [['at', { now: NIGHT }]]],
      story: ['#/bedside/nest', running(1)],
      doors: ['#/bedside/nest', running(3)],
      breather: ['#/bedside/nest', running(2)],
      asleep: ['#/bedside/nest', asleep],
      voices: [
        '#/voices',
        [
          ['at', { now: NIGHT }],
          ['voice', {}],
        ],
      ],
      called: ['#/bedside/nest', [...asleep, ['voice', {}], ['room', { room: 'nest', glow: true, glowUntil: 9e15 }]]], // prettier-ignore
      'morning at a bedside': ['#/morning', [...asleep, ['me', { role: 'device', member: null, room: 'nest', for_members: ['noor'] }]]], // prettier-ignore
      morning: ['#/morning', [...asleep, ['at', { now: '2026-11-21T07:05:00+00:00' }]]],
    };
    for (const [name, [hash, set_]] of Object.entries(states)) {
      await fresh(set_);
      const page = await open(hash, { bypassCSP: true });
      const folds = await page.locator('[aria-expanded]').all();
      for (const fold of folds.slice(-1)) await fold.tap();
      await page.waitForTimeout(3300);
      await accessible(page, name);
      await page.context().close();
    }
  },

  async slow() {
    await fresh([['at', { now: NIGHT }]]);
    const context = await browser.newContext({ viewport: { width: 820, height: 1180 }, serviceWorkers: 'block' }); // prettier-ignore
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    await page.goto(hub.url);
    await page.getByRole('link', { name: 'Begin' }).waitFor();
    const ms = await page.evaluate(() => Math.round(performance.now()));
    held('interactive within a second at a quarter of the speed', ms <= 1000, `${ms} ms`);
    await context.close();
  },

  async offline() {
    await fresh([['at', { now: NIGHT }]]);
    const page = await open('#/', { serviceWorkers: 'allow' });
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForTimeout(1000);
    const keptUrls = await page.evaluate(async () => {
      const names = await caches.keys();
      const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return all.flat().map((one) => new URL(one.url).pathname);
    });
    held('the shell is kept, and nothing the house says', keptUrls.includes('/') && !keptUrls.some((path) => path.includes('/api/')), `${keptUrls.length} files`); // prettier-ignore
    await set('dead', { is: true });
    await page.reload();
    await page.waitForTimeout(3000);
    held('the page opens without the house and says so', (await page.textContent('main')).includes('A book and a lamp')); // prettier-ignore
    await page.context().close();
  },

  async portuguese() {
    await fresh([]);
    const page = await open('#/', { locale: 'pt-PT' });
    held('speaks the browser’s language', (await page.textContent('h1')).includes('Banho'));
    await page.getByRole('button', { name: 'Mudar esta noite' }).tap();
    await page.getByRole('button', { name: /^Este ecrã/ }).tap();
    await page.getByRole('button', { name: 'English' }).tap();
    held('and changes it when asked', (await page.textContent('h1')).includes('Bath'));
    await page.context().close();
    const told = await browser.newContext({ locale: 'pt-PT', serviceWorkers: 'block' });
    const reader = await told.newPage();
    const asked = [];
    reader.on('websocket', (socket) => asked.push(socket.url().split('?')[1]));
    const tongue = (await Promise.all([reader.waitForRequest('**/api/v1/home'), reader.goto(hub.url)]))[0].headers()['x-evenfall-language']; // prettier-ignore
    await reader.getByRole('button', { name: 'Mudar esta noite' }).click();
    await reader.getByRole('button', { name: /^Este ecrã/ }).click();
    held('numbers as the language writes them', /0,\d\d lx/.test(await reader.textContent('main'))); // prettier-ignore
    await reader.getByRole('button', { name: 'English' }).click();
    await reader.waitForTimeout(800);
    held('the house is told the language, and told anew when it changes', tongue === 'pt' && asked.join() === 'language=pt,language=en', `${tongue}; ${asked}`); // prettier-ignore
    await told.close();
  },
};

const only = process.argv.slice(2);
for (const [name, check] of Object.entries(CHECKS)) {
  if (only.length && !only.includes(name)) continue;
  await check().catch((error) => held(name, false, error.message.slice(0, 300)));
  await Promise.all(browser.contexts().map((context) => context.close()));
}
await browser.close();
hub.close();
process.exit(failed ? 1 : 0);
