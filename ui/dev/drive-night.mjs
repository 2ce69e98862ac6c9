// What the page keeps for itself, tried in a browser: a voice at night, a dream book, a morning by
// right, and sound that never drops out. Part of `drive.mjs`.

import { alone, attend, gap, heard } from './ear.mjs';
import { speech } from './fake-book.mjs';
import { soundscapes } from './soundscapes.mjs';

const NIGHT = '2026-11-20T18:57:00+00:00';
/** What 30 dBA come to where the sound leaves the page (`src/lib/sound/level.ts`), and a tenth more. */
const REFERENCE_30_DBA = 1.1 * Math.SQRT1_2 * 10 ** ((30 - 91) / 20);

/** A step this many times the soundscape's own is none of its own. Own choice. */
const STEP_TOO_LARGE = 1.75;

export function nightChecks({ browser, fresh, set, open, held, loud, nest, running, asleep }) {
  return {
    async voice() {
      await fresh([...asleep, ['voice', { teller: 'mara', whom: 'noor', seconds: 40 }]]);
      const page = await open('#/bedside/nest');
      await page.waitForTimeout(1200);
      const mara = page.getByRole('button', { name: 'Mara' });
      const unasked = await mara.count();
      await page.touchscreen.tap(200, 500);
      await mara.waitFor();
      await page.waitForTimeout(1500);
      held('no voice by itself: none before a touch, none before it is asked for', unasked === 0 && (await loud(page)) === 0 && !(await nest()).playing); // prettier-ignore
      await page.route('**/api/v1/voices/**', (route) => route.abort());
      const from = performance.now();
      await mara.tap();
      while ((await loud(page)) < 1e-5 && performance.now() - from < 5000) await page.waitForTimeout(50); // prettier-ignore
      const ms = Math.round(performance.now() - from);
      held('a familiar voice at once, from what was fetched in the evening', ms < 1500, `${ms} ms`);
      await page.waitForTimeout(2500);
      const level = await loud(page);
      held('no louder than what was told', level > 1e-4 && level <= REFERENCE_30_DBA, `${level.toFixed(5)} ≤ ${REFERENCE_30_DBA.toFixed(5)}`); // prettier-ignore
      for (let k = 0; k < 3; k += 1) await page.touchscreen.tap(200, 120);
      await page.waitForTimeout(1800);
      held('three taps end a voice too, here and at the hub', (await loud(page)) === 0 && !(await nest()).playing); // prettier-ignore
      await page.getByRole('button', { name: 'Call someone' }).tap();
      await mara.tap();
      await page.waitForTimeout(2500);
      const again = await loud(page);
      await set('dead', { is: true });
      await page.waitForTimeout(12_000);
      const fading = (await loud(page)) < again / 2;
      await page.waitForTimeout(4500);
      held('after a stop it may be asked for anew; it ends with what was told', again > 1e-4 && fading && (await loud(page)) === 0, `${again.toFixed(5)} → ${await loud(page)}`); // prettier-ignore
      await page.context().close();
    },

    async keepingAVoice() {
      await fresh([['at', { now: NIGHT }]]);
      const page = await open('#/voices');
      const press = (name) => page.getByRole('button', { name }).first().tap();
      await press('Noor');
      await press(/^Record$/);
      await page.waitForTimeout(4000);
      await press('That is all');
      await press(/Listen to it/);
      await page.waitForTimeout(2200);
      const level = await loud(page);
      await press(/Quiet/);
      await press('Keep it for Noor');
      await page.getByText('Mara, for Noor').waitFor();
      held('a voice recorded here is heard back, then kept', level > 1e-5 && (await nest()).voices.length === 1, level.toFixed(5)); // prettier-ignore
      const chooser = page.locator('input[type=file]');
      const file = (seconds) => ({ name: 'a.wav', mimeType: 'audio/wav', buffer: speech(seconds) });
      await chooser.setInputFiles(file(75));
      await page.getByText('longer than a minute').waitFor();
      await chooser.setInputFiles({ ...file(1), buffer: Buffer.from('no sound at all') });
      await page.getByText('can’t read that file').waitFor();
      await chooser.setInputFiles(file(5));
      await page.getByRole('button', { name: 'Keep it for Noor' }).waitFor();
      held('a file is taken; one that is too long or no sound is refused in words', true);
      await press('Take it away');
      await press('Yes, take it away');
      await page.getByText('gone from here').waitFor();
      held('taken away, it is gone at the bedside too', (await nest()).voices.length === 0);
      await set('me', { origin: 'plain', rights: ['evening', 'felt', 'stop', 'voices-hear'] });
      await page.reload();
      await page.getByText('locked address does both').waitFor();
      held('over a plain address: why not, and where instead', (await page.getByRole('link', { name: /locked address/ }).count()) === 1); // prettier-ignore
      await page.context().close();
    },

    async book() {
      const dawn = ['at', { now: '2026-11-21T07:05:00+00:00' }];
      await fresh([...asleep, dawn]);
      const page = await open('#/morning');
      const press = (name) => page.getByRole('button', { name }).tap();
      await press(/A dream/);
      await page.getByLabel('The dream, in words').fill('A heron in the kitchen.');
      await press('Keep it');
      await page.getByText('Kept.').waitFor();
      await press('My dream book');
      await page.getByText('A heron in the kitchen.').waitFor();
      held('a page of it has the day it was told', /^\d+ November 2026$/.test(await page.locator('time').first().textContent()), await page.locator('time').first().textContent()); // prettier-ignore
      await press('Take this page out');
      await press('Take it out for good');
      await page.getByText('That page is out').waitFor();
      held('a dream book is read by its owner, and a page can be taken out', (await page.getByText('heron').count()) === 0); // prettier-ignore
      await press('Someone else');
      await press('Noor');
      await press(/A dream/);
      held('another’s book takes a dream and does not open', (await page.getByRole('button', { name: 'My dream book' }).count()) === 0); // prettier-ignore
      await set('me', { role: 'device', name: '', member: null, room: 'nest', for_members: ['noor', 'ilay'] }); // prettier-ignore
      const asked = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.reload();
      await press('Noor');
      await press('All right');
      await page.getByText('Noted').waitFor();
      held('a bedside asks how it was and shows nothing of the night', !asked.some((url) => /v1\/(mornings|dreams)$/.test(url)) && (await page.getByText('on each one’s own screen').count()) === 1); // prettier-ignore
      await page.context().close();
    },

    async smooth() {
      const { code, names } = await soundscapes();
      const bench = await browser.newPage();
      await bench.evaluate(`${code}; window.soundscapes = soundscapes`);
      const made = [];
      for (const name of names) made.push({ name, ...(await bench.evaluate(alone, [name, 15])) });
      await bench.close();
      const [heaviest] = made.toSorted((a, b) => b.share - a.share);
      const own = made.find((one) => one.name === 'waves').steps;

      await fresh(running(1));
      const page = await open('#/bedside/nest', { bypassCSP: true });
      const cdp = await page.context().newCDPSession(page);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      await page.locator('.turn').tap();
      await page.waitForTimeout(7000);
      await attend(page);
      await page.waitForTimeout(1000);
      await heard(page);
      for (let k = 0; k < 22; k += 1) {
        await page.keyboard.press(k % 3 ? 'ArrowRight' : 'ArrowLeft');
        await page.waitForTimeout(1000);
      }
      const { steps, longest_ms, behind_ms, seconds } = await heard(page);
      const quarter = Math.round(400 * heaviest.share);
      const whole =
        seconds >= 20 && longest_ms <= 5 && steps <= STEP_TOO_LARGE * own && behind_ms <= 50;
      held('no dropped audio at a quarter of the speed', whole && quarter <= 50, `${seconds} s of waves: longest silence ${longest_ms.toFixed(2)} ms, largest step ${steps.toFixed(2)} of its level, ${own.toFixed(2)} by itself, ${behind_ms.toFixed(0)} ms behind; ${heaviest.name}, the heaviest, would take ${quarter} % of a core`); // prettier-ignore
      await gap(page, 8, 8);
      await page.waitForTimeout(2000);
      const after = await heard(page);
      held('gaps of 8 ms would have been noticed', after.longest_ms > 5 && after.steps > STEP_TOO_LARGE * own, `${after.longest_ms.toFixed(1)} ms, ${after.steps.toFixed(2)}`); // prettier-ignore
      await page.context().close();
    },
  };
}
