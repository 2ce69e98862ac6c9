// Puts the page into every state, at three sizes, and keeps a picture of each to be looked at.
//   npm run look              everything
//   npm run look -- story 390 only what is named so, at one width
//   SIZE=768x1024 npm run look another size

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

const nobody = ['me', { role: 'nobody', name: '', member: null, origin: 'plain', passkeys: false }];
const type = (label, text) => (page) => page.getByLabel(label).fill(text);
const press = (name) => (page) => page.getByRole('button', { name }).click();
const pressFirst = (name) => (page) => page.getByRole('button', { name }).first().click();
const more = press(/^This screen/);
const wait = (ms) => (page) => page.waitForTimeout(ms);

const PAIR = '#/pair/otter-lantern-river-plum';
const dusk = [['at', { now: DUSK }]];
const night = [['at', { now: NIGHT }]];
const plainOf = (role) => ({ role, origin: 'plain', passkeys: false, rights: ['evening', 'felt', 'skip-wake', 'stop', 'voices-hear'] }); // prettier-ignore
const voices = [['voice', { teller: 'mara' }], ['voice', { teller: 'tomas' }]]; // prettier-ignore
const dreams = [
  ['dream', { member: 'mara', words: 'The stairs went on down under the sea, and all the doors were open.' }],
  ['dream', { member: 'mara', words: 'A heron in the kitchen. It wanted the other chair.' }],
]; // prettier-ignore
const WORRY =
  'Noted for Noor: snoring on most nights. Please talk to a doctor about it; until you have, someone tells in the evening and no dreamscape runs.';
const SAFE_SLEEP =
  'Safe sleep for Bea: on the back, in a cot of their own in your room, firm, flat and with nothing else in it; smoke-free, the head uncovered, and the room at 16 to 20 °C.';
const childs = { role: 'child', name: 'Ilay', member: 'ilay', for_members: ['ilay'], rights: ['evening', 'felt', 'help', 'stop', 'voices-hear'] }; // prettier-ignore
const away = ['me', { elsewhere: true, origin: 'locked' }];
const FROM_AFAR = { id: 'a1', act: 'quiet', by_name: 'Mara', at: '2026-11-20T21:14:00+00:00', elsewhere: true }; // prettier-ignore
const seen = (more = {}) => ['room', { room: 'nest', acts: [{ ...FROM_AFAR, ...more }] }];
const inviting = [press('Let a screen in'), press('A guest, until tomorrow')];

/** name, where, what the hub is set to, what is then done on the page. */
const STATES = [
  ['tonight-dusk', '#/', [['at', { now: DUSK }]]],
  ['tonight-night', '#/', [['at', { now: NIGHT }]]],
  ['tonight-why', '#/', [['at', { now: NIGHT }]], press('Why?')],
  ['tonight-change', '#/', [['at', { now: NIGHT }]], press('Change tonight')],
  ['tonight-conflict', '#/', [['at', { now: DUSK }], ['home', { conflicts: ['Both children want the same teller at seven; Tomás is out until eight.'] }]]], // prettier-ignore
  ['tonight-underway', '#/', running(1)],
  ['tonight-stopped', '#/', [...running(1), ['room', { room: 'nest', mode: 'stopped' }]]],
  ['tonight-asleep', '#/', dark(SMALL_HOURS)],
  ['tonight-dawn', '#/', [...dark(DAWN)]],
  [
    'tonight-worry',
    '#/',
    [
      ['at', { now: NIGHT }],
      ['sleeper', { member: 'noor', worry: WORRY }],
    ],
  ],
  ['tonight-guidance', '#/', [['at', { now: NIGHT }], ['room', { room: 'loft', guidance: [SAFE_SLEEP] }]]], // prettier-ignore
  ['tonight-lost', '#/', [['at', { now: NIGHT }]], kill],
  ['tonight-afar', '#/', [...running(1), away], wait(500)],
  ['tonight-afar-safe', '#/', [...running(1), away], wait(500), press(/^(Everything safe|Tudo em)/), press(/^(Yes, every|Sim, todos)/), wait(500)], // prettier-ignore
  ['tonight-afar-quiet', '#/', [...running(1), away], wait(500), press(/^(Quiet now|Sossegar já)/)],
  ['tonight-afar-invite', '#/', [...running(1), away], wait(500), press(/^(Say good|Dizer boa)/)],
  ['tonight-at-home-acts', '#/', running(1), press(/^(Change tonight|Mudar)/), more, wait(500), to(/^(From where you|De onde)/)], // prettier-ignore
  ['tonight-help', '#/', running(1), press(/^(Call for help|Pedir ajuda)/)],
  ['tonight-help-alone', '#/', [...running(1), ['room', { room: 'nest', call: 'nobody' }]], press(/^(Call for help|Pedir ajuda)/)], // prettier-ignore
  ['tonight-help-lost', '#/', [...running(1), ['room', { room: 'nest', call: 'lost', faults: ['Nobody could be called at 18:57. A shout still works.'] }]], press(/^(Call for help|Pedir ajuda)/)], // prettier-ignore
  ['tonight-help-child', '#/', [...running(1), ['me', childs]], press(/^(Call for help|Pedir ajuda)/)], // prettier-ignore
  ['tonight-anew', '#/', [...running(1), ['room', { room: 'nest', broke_off: true }]], wait(500), press(/^(Begin anew|Recomeçar)/)], // prettier-ignore
  ['tonight-child-change', '#/', [['at', { now: NIGHT }], ['me', childs]], press(/^(Change tonight|Mudar)/)], // prettier-ignore
  ['bedside-help-ritual', '#/bedside/nest', [['at', { now: NIGHT }]], press(/^(Call for help|Pedir ajuda)/)], // prettier-ignore
  ['bedside-help-story', '#/bedside/nest', running(1), press(/^(Call for help|Pedir ajuda)/)],
  ['bedside-help-called', '#/bedside/nest', dark(SMALL_HOURS), press(/^(Call some|Chamar alg)/), wait(500), press(/^(Call for help|Pedir ajuda)/)], // prettier-ignore
  ['bedside-lit', '#/bedside/nest', dark(SMALL_HOURS), lit],
  ['bedside-lit-seen', '#/bedside/nest', [...dark(SMALL_HOURS), seen()], lit],
  ['tonight-seen', '#/', [...running(1), seen()]],
  ['bedside-seen-quiet', '#/bedside/nest', [...running(5), seen()]],
  ['bedside-seen-stopped', '#/bedside/nest', [...running(1), ['room', { room: 'nest', mode: 'stopped' }], seen({ act: 'release' })]], // prettier-ignore
  ['bedside-seen-asleep', '#/bedside/nest', [...dark(SMALL_HOURS), seen()]],
  ['bedside-seen-invite', '#/bedside/nest', [['at', { now: NIGHT }], seen({ act: 'invite' })]],
  ['bedside-seen-invite-story', '#/bedside/nest', [...running(1), seen({ act: 'invite' })]],
  ['pair-new', '#/', [nobody]],
  ['pair-few', '#/', [nobody], type(/^Four words/, 'otter lantern'), press('Let this screen in')],
  ['pair-wrong', '#/', [nobody], type(/^Four words/, 'a b c d'), press('Let this screen in')],
  ['pair-picture', PAIR, [nobody]],
  ['pair-plain-more', '#/', [nobody], press(/I have a passphrase/)],
  ['pair-locked-more', '#/', [nobody, ['me', { origin: 'locked', passkeys: true }]], press(/I have a passphrase/)], // prettier-ignore
  ['pair-already', PAIR, night],
  ['ended', '#/', night, ended, wait(300)],
  ['ended-stopped', '#/', running(1), ended, press('Stop in The nest')],
  ['tonight-nobody-yet', '#/', [...dusk, ['me', { role: 'device', name: '', member: null, new_home: true }]]], // prettier-ignore
  ['tonight-nobody-yet-night', '#/', [...night, ['me', { role: 'device', name: '', member: null, new_home: true }]]], // prettier-ignore
  ['this-screen', '#/', dusk, press('Change tonight'), more, press('Passphrase and passkeys'), to('Passphrase')], // prettier-ignore
  ['this-screen-night', '#/', night, press('Change tonight'), more, to('This screen')],
  ['this-screen-plain', '#/', [...night, ['me', { role: 'device', member: null, room: 'nest', origin: 'plain', rights: ['evening', 'stop'] }]], press('Change tonight'), more, to('What this address')], // prettier-ignore
  ['screens-dusk', '#/screens', dusk],
  ['screens-night', '#/screens', night],
  ['screens-sure', '#/screens', night, press(/End it: Nest/)],
  ['screens-child', '#/screens', [...night, ['me', { role: 'child', name: 'Ilay', member: 'ilay', for_members: ['ilay'] }]]], // prettier-ignore
  [
    'screens-not',
    '#/screens',
    [...night, ['me', { rights: ['evening', 'stop'], origin: 'plain' }]],
  ],
  ['invite-whose', '#/screens', night, press('Let a screen in')],
  ['invite-member', '#/screens', night, press('Let a screen in'), press('Someone who lives here')],
  ['invite-words', '#/screens', night, ...inviting],
  ['invite-words-dusk', '#/screens', dusk, ...inviting],
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
  ['bedside-ritual-notices', '#/bedside/nest', [['at', { now: NIGHT }], ['room', { room: 'nest', faults: ['The lamp doesn’t answer. The story goes on.', 'A touch at night calls nobody yet: no adult’s phone is known here. A shout still works.'] }]]], // prettier-ignore
  ['bedside-back', '#/bedside/nest', running(1), backInQuiet],
  ['bedside-called-dawn', '#/bedside/nest', [...dark(NEARLY), ['early', {}]], press('Call someone')], // prettier-ignore
  ['bedside-asleep', '#/bedside/nest', dark(SMALL_HOURS)],
  ['bedside-called', '#/bedside/nest', dark(SMALL_HOURS), press('Call someone')],
  ['bedside-called-lost', '#/bedside/nest', dark(SMALL_HOURS), kill, press('Call someone')],
  ['bedside-called-alone', '#/bedside/nest', [...dark(SMALL_HOURS), ['room', { room: 'nest', call: 'nobody', glow: true, glowUntil: 9e15 }]]], // prettier-ignore
  ['bedside-voices', '#/bedside/nest', [...dark(SMALL_HOURS), ...voices], press('Call someone'), wait(400)], // prettier-ignore
  ['bedside-voice-playing', '#/bedside/nest', [...dark(SMALL_HOURS), ...voices], press('Call someone'), press('Mara'), wait(400)], // prettier-ignore
  ['voices', '#/voices', [...night, ...voices], press('Noor')],
  ['voices-dusk', '#/voices', dusk],
  ['voices-take', '#/voices', dusk, press('Noor'), press(/^Record$/), wait(2500), press('That is all'), wait(800)], // prettier-ignore
  ['voices-recording', '#/voices', night, press('Noor'), press(/^Record$/), wait(1000)],
  ['voices-sure', '#/voices', [...night, ...voices], pressFirst('Take it away')],
  ['voices-plain', '#/voices', [...night, ['me', plainOf('guardian')]]],
  ['bedside-nearly', '#/bedside/nest', dark(NEARLY)],
  ['bedside-morning', '#/bedside/nest', dark(DAWN)],
  ['morning', '#/morning', dark(DAWN)],
  ['morning-felt', '#/morning', dark(DAWN), press('All right')],
  [
    'morning-known-child',
    '#/morning',
    dark(DAWN),
    press('Someone else'),
    press('Noor'),
    press('What we know'),
  ],
  ['morning-known-adult', '#/morning', dark(DAWN), press('What we know')], // prettier-ignore
  ['morning-book', '#/morning', [...dark(DAWN), ...dreams], press(/A dream/), press('My dream book'), to('My dream book')], // prettier-ignore
  ['morning-bedside', '#/morning', [...dark(DAWN), ['me', { role: 'device', name: '', member: null, room: 'nest', for_members: ['noor', 'ilay'] }]]], // prettier-ignore
  ['morning-bedside-noor', '#/morning', [...dark(DAWN), ['me', { role: 'device', name: '', member: null, room: 'nest', for_members: ['noor', 'ilay'] }]], press('Noor')], // prettier-ignore
  ['morning-plain', '#/morning', [...dark(DAWN), ['me', plainOf('guardian')]]],
  ['morning-guest', '#/morning', [...dark(DAWN), ['me', { role: 'guest', name: '', member: null, for_members: [] }]]], // prettier-ignore
  ['morning-worry-ask', '#/morning', [...dark(DAWN), ['sleeper', { member: 'mara', worry: '' }]], press('What we know'), to('Does anything')], // prettier-ignore
  ['morning-worry', '#/morning', [...dark(DAWN), ['sleeper', { member: 'noor', worry: WORRY }]], press('Someone else'), press('Noor'), press('Does anything worry you?')], // prettier-ignore
  ['morning-dream', '#/morning', dark(DAWN), press(/A dream/), drawn],
];

/** The house is gone for a while, and back in quiet. */
async function backInQuiet(page) {
  await set(hub.url, 'dead', { is: true });
  await page.waitForTimeout(1500);
  await set(hub.url, 'part', { room: 'nest', at: 6 });
  await set(hub.url, 'dead', { is: false });
  await page.getByText(/words stay|palavras ficam/).waitFor({ timeout: 12_000 });
}

async function drawn(page) {
  const box = await page.locator('canvas').boundingBox();
  await page.mouse.move(box.x + 40, box.y + 60);
  await page.mouse.down();
  for (let k = 0; k < 30; k += 1) {
    await page.mouse.move(box.x + 40 + k * 8, box.y + 60 + 40 * Math.sin(k / 3));
  }
  await page.mouse.up();
}

/** This screen is the agreed night light. */
async function lit(page) {
  await page.evaluate(() => localStorage.setItem('evenfall:night-light', 'yes'));
  await page.reload();
  await page.waitForTimeout(800);
}

/** Brings what is meant to where it can be seen. */
function to(text) {
  return (page) =>
    page
      .getByText(text)
      .first()
      .evaluate((node) => node.scrollIntoView());
}

/** As when a session is over while its page is open. */
async function ended(page) {
  await page.waitForTimeout(800);
  await set(hub.url, 'me', { expired: true, rights: ['stop'] });
  await page.waitForTimeout(800);
}

async function set(url, what, body) {
  await fetch(`${url}dev/${what}`, { method: 'POST', body: JSON.stringify(body) });
}

async function kill(page) {
  await set(hub.url, 'dead', { is: true });
  await page.waitForTimeout(600);
}

const [only = '', width = ''] = process.argv.slice(2);
const asked = process.env.SIZE?.split('x').map(Number);
mkdirSync(SHOTS, { recursive: true });
const hub = await startHub({ port: 0, speed: 0 });
const browser = await chromium.launch(BROWSER);
for (const [w, h] of asked ? [asked] : SIZES.filter(([size]) => !width || size === Number(width))) {
  for (const [name, hash, states, ...acts] of STATES.filter(([name]) => name.includes(only))) {
    await set(hub.url, 'dead', { is: false });
    await set(hub.url, 'reset', {});
    for (const [what, body] of states) await set(hub.url, what, body);
    const context = await browser.newContext({ viewport: { width: w, height: h }, locale: process.env.LOCALE ?? 'en-GB', serviceWorkers: 'block' }); // prettier-ignore
    const page = await context.newPage();
    page.on('pageerror', (error) => console.log(`${name}: ${error.message}`));
    page.on('console', (said) => {
      if (said.type() === 'error' && !/ERR_|WebSocket|40[13]/.test(said.text())) console.log(`${name}: ${said.text()}`);
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
