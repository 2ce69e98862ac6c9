// A hub that lies to a page, tried in a browser: whatever it says, the page does only what the guard
// signed, and soon says that something is wrong. Part of `drive.mjs`.

import { listen } from './ear.mjs';
import { startHub } from './fake-hub.mjs';

const NIGHT = '2026-11-20T18:57:00+00:00';
const CODE = 'otter-lantern-river-plum';
const TOLD_MS = 15_000; // a page's last true word is over by then
const DARK = 0.01;
const HOUR_MS = 3_600_000;
/** These put dark frames of the guard's own beside other words: nothing is wrong with the frame. */
const NOT_A_WORD = ['other values beside the signed ones', 'an answer to a touch that nobody made'];
/** A window that is new heard nothing before; a frame two minutes old may be its first, and its last. */
const OF_BEFORE = ['a frame that was heard before, again and again', 'what was heard before, all of it anew']; // prettier-ignore

export function guardChecks({ browser, held, loud, ember }) {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  /** A story under way in a made-up home of its own, on a page that takes touches. */
  async function evening({ behind_ms = 0 } = {}) {
    const hub = await startHub({ port: 0, speed: 0 });
    const set = (what, body = {}) =>
      fetch(`${hub.url}dev/${what}`, { method: 'POST', body: JSON.stringify(body) });
    await set('at', { now: NIGHT });
    await set('room', { room: 'nest', mode: 'running' });
    await set('part', { room: 'nest', at: 0 });
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, locale: 'en-GB', serviceWorkers: 'block' }); // prettier-ignore
    const page = await context.newPage();
    await page.addInitScript(listen);
    await page.addInitScript((ms) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() - ms;
    }, behind_ms);
    const open = async () => {
      await page.goto(`${hub.url}#/bedside/nest`);
      await page.locator('.turn').tap();
    };
    const shines = async () => [await ember(page), await loud(page)];
    const says = async (words) => (await page.textContent('main')).includes(words);
    const close = async () => {
      await context.close();
      hub.close();
    };
    return { hub, set, page, open, shines, says, close };
  }

  /** The most a page shone and sounded while it was looked at. */
  async function most(home, for_ms) {
    let [light, sound] = [0, 0];
    for (const until = Date.now() + for_ms; Date.now() < until; await wait(500)) {
      const [shone, sounded] = await home.shines();
      [light, sound] = [Math.max(light, shone), Math.max(sound, sounded)];
    }
    return [light, sound];
  }

  const isDark = ([light, sound]) => light < DARK && sound < 1e-5;
  const shown = (one) => one.map((value) => value.toFixed(4)).join();

  async function lied(how) {
    const home = await evening();
    await home.open();
    await wait(8000);
    const before = await home.shines();
    await home.set('lie', { how });
    await wait(TOLD_MS + 2500);
    const after = await most(home, 3000);
    held(`a hub that lies gets nothing but dark: ${how}`, before[0] > 0.05 && before[1] > 1e-4 && isDark(after), `${shown(before)} → ${shown(after)}`); // prettier-ignore
    const said = await home.says(how.includes('kept back') ? 'don’t go together' : 'can’t be sure');
    if (!NOT_A_WORD.includes(how)) held(`and the page says so: ${how}`, said);
    if (!OF_BEFORE.includes(how)) {
      await home.page.evaluate(() => sessionStorage.removeItem('evenfall:heard'));
      await home.page.reload();
      await home.page.touchscreen.tap(200, 300);
      const anew = await most(home, 8000);
      held(`nor on a page that is loaded anew: ${how}`, isDark(anew), shown(anew));
    }
    await home.close();
  }

  async function anotherGuard() {
    const home = await evening();
    await home.page.goto(`${home.hub.url}#/pair/${CODE}/${home.hub.guard.key}`);
    await home.page.getByRole('button', { name: 'Let this screen in' }).tap();
    await home.page.locator('.turn').tap();
    await wait(4000);
    const first = await home.shines();
    await home.set('anotherGuard');
    await home.page.goto(`${home.hub.url}#/`);
    await home.page.reload();
    await home.open();
    const other = await most(home, 16_000);
    held('another guard than the one a screen was let in with lights nothing', first[0] > 0.05 && isDark(other), `${shown(first)} → ${shown(other)}`); // prettier-ignore
    held('and that is said, with the mend', await home.says('let this screen in anew'));
    await home.page.goto(`${home.hub.url}#/pair/${CODE}/${home.hub.guard.key}`);
    await home.page.getByRole('button', { name: 'Let this screen in' }).tap();
    await home.page.getByText('another than this screen knew').waitFor();
    held('letting it in anew says plainly that it is another', true);
    await home.page.getByRole('button', { name: 'Go on' }).tap();
    await home.page.locator('.turn').tap();
    await wait(4000);
    const last = await home.shines();
    held('and mends it', last[0] > 0.05 && last[1] > 1e-5, shown(last));
    await home.page.goto(`${home.hub.url}#/pair/${CODE}/${'ab'.repeat(32)}`);
    await home.page.getByRole('button', { name: 'Let this screen in' }).tap();
    await home.page.getByText('another hub than the one that answers').waitFor();
    held('a link of another hub’s is no match for this one, and that is said', true);
    await home.close();
  }

  async function wrongClock() {
    const home = await evening({ behind_ms: -3 * HOUR_MS });
    await home.open();
    await wait(5000);
    const lit = await home.shines();
    held('a screen whose clock is hours off is held to how far it is off', lit[0] > 0.05, shown(lit)); // prettier-ignore
    await home.set('lie', { how: 'frames that were kept back for an hour' });
    await wait(TOLD_MS + 2500);
    held('and takes nothing older for that', isDark(await most(home, 2000)));
    await home.close();
  }

  return {
    async guard() {
      const probe = await startHub({ port: 0 });
      const { lies } = probe.guard;
      probe.close();
      await Promise.all([...lies.map(lied), anotherGuard(), wrongClock()]);
    },

    async checkingIsQuick() {
      const home = await evening();
      const cdp = await home.page.context().newCDPSession(home.page);
      await home.open();
      await cdp.send('Profiler.enable');
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      await wait(1000);
      const script = await home.page.evaluate(() => performance.getEntriesByType('resource').map((one) => one.name).find((one) => one.includes('/word-'))); // prettier-ignore
      const told = (await (await fetch(`${home.hub.url}api/v1/home`)).json()).rooms[0].lease;
      const took_ms = await home.page.evaluate(
        async ([address, frame, key]) => {
          const Listener = Object.values(await import(address)).find((one) => one.prototype?.hear);
          const took = [];
          for (let k = 0; k < 30; k += 1) {
            const pin = { key, since_ms: k, apart_ms: null };
            const from = performance.now();
            const taken = new Listener().hear('nest', frame, pin, { mono_ms: from, wall_ms: Date.now() }); // prettier-ignore
            took.push(performance.now() - from);
            if (!taken.lease) throw new Error(`the guard’s own word did not count: ${taken}`);
          }
          return took.sort((a, b) => a - b);
        },
        [script, told, home.hub.guard.key],
      );
      const [median, worst] = [took_ms[15], took_ms.at(-1)];
      held('a frame is checked in a fraction of a second at a quarter of the speed', median < 100 && worst < 400, `median ${median.toFixed(1)} ms, at most ${worst.toFixed(1)} ms`); // prettier-ignore
      await home.close();
    },
  };
}
