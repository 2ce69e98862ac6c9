// Puts the page into every state, at three sizes, and keeps a picture of each to be looked at.
//   npm run look              everything
//   npm run look -- story 390 only what is named so, at one width

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { BROWSER } from './browser.mjs';
import { startHub } from './fake-hub.mjs';

const SHOTS = fileURLToPath(new URL('../shots/', import.meta.url));
const SIZES = [
  [390, 844],
  [820, 1180],
  [1280, 900],
];
const DUSK = '2026-11-20T18:37:00+00:00';
const NIGHT = '2026-11-20T18:57:00+00:00';
const SMALL_HOURS = '2026-11-21T02:03:00+00:00';
const NEARLY = '2026-11-21T06:50:00+00:00';
const DAWN = '2026-11-21T07:05:00+00:00';

const running = (at) => [
  ['at', { now: NIGHT }],
  ['room', { room: 'nest', mode: 'running' }],
  ['part', { room: 'nest', at }],
];
const dark = (now) => [...running(6), ['at', { now }], ['dark', { members: ['noor', 'ilay'] }]];

const press = (name) => (page) => page.getByRole('button', { name }).click();
const wait = (ms) => (page) => page.waitForTimeout(ms);

/** name, where, what the hub is set to, what is then done on the page. */
const STATES = [
  ['tonight-dusk', '#/', [['at', { now: DUSK }]]],
  ['tonight-night', '#/', [['at', { now: NIGHT }]]],
  ['tonight-why', '#/', [['at', { now: NIGHT }]], press('Why?')],
  ['tonight-change', '#/', [['at', { now: NIGHT }]], press('Change tonight')],
  ['tonight-conflict', '#/', [['at', { now: DUSK }], ['home', { conflicts: ['Both children want the same teller at seven; Tomás is out until eight.'] }]]], // prettier-ignore
  ['tonight-underway', '#/', running(1)],
  ['tonight-dawn', '#/', [...dark(DAWN)]],
  ['tonight-lost', '#/', [['at', { now: NIGHT }]], kill],
  ['bedside-early', '#/bedside/loft', [['at', { now: NIGHT }]]],
  ['bedside-ritual', '#/bedside/nest', [['at', { now: NIGHT }]]],
  ['bedside-ritual-dusk', '#/bedside/nest', [['at', { now: DUSK }]], press(/Bath/)],
  ['bedside-story', '#/bedside/nest', running(1), press(/Next line/)],
  ['bedside-story-lost', '#/bedside/nest', running(1), kill],
  ['bedside-doors', '#/bedside/nest', running(3)],
  ['bedside-breather', '#/bedside/nest', running(2)],
  ['bedside-quiet', '#/bedside/nest', running(5)],
  ['bedside-paused', '#/bedside/nest', [...running(1), ['room', { room: 'nest', mode: 'paused' }]]],
  ['bedside-told', '#/bedside/nest', running(1), press('No more')],
  ['bedside-stopped', '#/bedside/nest', running(1), press(/^Stop$/)],
  ['bedside-fault', '#/bedside/nest', [...running(1), ['room', { room: 'nest', faults: ['The lamp doesn’t answer. The story goes on.'] }]]], // prettier-ignore
  ['bedside-asleep', '#/bedside/nest', dark(SMALL_HOURS)],
  ['bedside-called', '#/bedside/nest', dark(SMALL_HOURS), press('Call someone')],
  ['bedside-called-lost', '#/bedside/nest', dark(SMALL_HOURS), kill, press('Call someone')],
  ['bedside-nearly', '#/bedside/nest', dark(NEARLY)],
  ['bedside-morning', '#/bedside/nest', dark(DAWN)],
  ['morning', '#/morning', dark(DAWN)],
  ['morning-felt', '#/morning', dark(DAWN), press('All right')],
  ['morning-known-child', '#/morning', dark(DAWN), press('What we know')],
  ['morning-known-adult', '#/morning', dark(DAWN), press('Someone else'), press('Mara'), press('What we know')], // prettier-ignore
  ['morning-dream', '#/morning', dark(DAWN), press(/A dream/), drawn],
];

async function drawn(page) {
  const box = await page.locator('canvas').boundingBox();
  await page.mouse.move(box.x + 40, box.y + 60);
  await page.mouse.down();
  for (let k = 0; k < 30; k += 1) {
    await page.mouse.move(box.x + 40 + k * 8, box.y + 60 + 40 * Math.sin(k / 3));
  }
  await page.mouse.up();
}

async function set(url, what, body) {
  await fetch(`${url}dev/${what}`, { method: 'POST', body: JSON.stringify(body) });
}

async function kill(page) {
  await set(hub.url, 'dead', { is: true });
  await page.waitForTimeout(600);
}

const [only = '', width = ''] = process.argv.slice(2);
mkdirSync(SHOTS, { recursive: true });
const hub = await startHub({ port: 0, speed: 0 });
const browser = await chromium.launch(BROWSER);
for (const [w, h] of SIZES.filter(([size]) => !width || size === Number(width))) {
  for (const [name, hash, states, ...acts] of STATES.filter(([name]) => name.includes(only))) {
    await set(hub.url, 'dead', { is: false });
    await set(hub.url, 'reset', {});
    for (const [what, body] of states) await set(hub.url, what, body);
    const context = await browser.newContext({ viewport: { width: w, height: h }, locale: process.env.LOCALE ?? 'en-GB', serviceWorkers: 'block' }); // prettier-ignore
    const page = await context.newPage();
    page.on('pageerror', (error) => console.log(`${name}: ${error.message}`));
    page.on('console', (said) => {
      if (said.type() === 'error' && !/ERR_|WebSocket/.test(said.text())) console.log(`${name}: ${said.text()}`);
    }); // prettier-ignore
    await page.goto(hub.url + hash);
    await page.waitForSelector('h1, main section, .edge, .prompter, .breath');
    for (const act of acts) await act(page).catch((error) => console.log(`${name}: ${error.message.slice(0, 200)}`)); // prettier-ignore
    await wait(2600)(page);
    await page.screenshot({ path: `${SHOTS}${name}-${w}.png` });
    await context.close();
  }
}
await browser.close();
hub.close();
