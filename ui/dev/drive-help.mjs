// A call for help and an evening begun anew, tried in a browser. Part of `drive.mjs`.

const NIGHT = '2026-11-20T18:57:00+00:00';
const ILAY = { role: 'child', name: 'Ilay', member: 'ilay', for_members: ['ilay'], rights: ['evening', 'felt', 'help', 'stop', 'voices-hear'] }; // prettier-ignore
const TOLD = 'Mara and Tomás are being told.';

export function helpChecks({ hub, fresh, set, open, held, nest, running, asleep, accessible }) {
  const helps = (page) => page.getByRole('button', { name: /^Call for help/ });

  return {
    async help() {
      await fresh([...running(1), ['me', ILAY]]);
      const page = await open('#/bedside/nest', { bypassCSP: true });
      await helps(page).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('status').filter({ hasText: TOLD }).waitFor({ timeout: 3000 });
      const { say, lease, broke_off } = await nest();
      held('a child calls for help by keyboard, is told by name who hears, and the room is quiet', !say.length && lease.sound_dba === 0 && broke_off === true); // prettier-ignore
      await accessible(page, 'help was called for');
      await page.goto(page.url().replace(/#.*/, '#/'));
      await page.waitForTimeout(800);
      const offered = await page.getByRole('button', { name: /anew/ }).count();
      held('no child is asked to begin anew', offered === 0);
      await page.context().close();

      await fresh(running(1));
      const alone = await open('#/');
      await set('dead', { is: true });
      await helps(alone).tap();
      await alone.getByText('Call out loud; they will come.').waitFor({ timeout: 10_000 });
      held('where the house does not hear, nobody is promised', (await alone.getByText(TOLD).count()) === 0); // prettier-ignore
      await alone.context().close();

      await fresh(asleep);
      const dark = await open('#/bedside/nest');
      const before = await helps(dark).count();
      await dark.touchscreen.tap(200, 500);
      await helps(dark).tap();
      await dark.getByText(TOLD).waitFor({ timeout: 3000 });
      held('at night help is one touch away, and lights nothing before it', before === 0);
      await dark.context().close();

      for (const [name, more] of Object.entries({
        expired: { expired: true, rights: ['stop'] },
        elsewhere: { elsewhere: true, origin: 'locked' },
      })) {
        // prettier-ignore
        await fresh([...running(1), ['me', more]]);
        const out = await open('#/', { bypassCSP: true }).catch(() => null);
        if (!out) continue;
        await out.waitForTimeout(600);
        held(`a screen that is ${name} offers no call`, (await helps(out).count()) === 0);
        await out.context().close();
      }
    },

    async anew() {
      await fresh([...running(1), ['room', { room: 'nest', broke_off: true }]]);
      const page = await open('#/', { bypassCSP: true });
      const anew = page.getByRole('button', { name: 'Begin anew' });
      await anew.waitFor({ timeout: 3000 });
      await accessible(page, 'begin anew');
      await anew.tap();
      await page.getByText('A new evening waits in The nest.').waitFor({ timeout: 3000 });
      await page.getByRole('link', { name: 'Begin', exact: true }).waitFor({ timeout: 3000 });
      const { mode } = await nest();
      held('an adult begins anew, and nothing runs by it', mode === 'waiting', mode);
      await page.context().close();
    },

    async theirs() {
      await fresh([['at', { now: NIGHT }], ['me', ILAY]]); // prettier-ignore
      const page = await open('#/');
      await page.getByRole('button', { name: 'Change tonight' }).tap();
      const said = await page.getByRole('button', { name: /says no/ }).allTextContents();
      held('a child’s screen says no for that child alone', said.map((one) => one.trim()).join() === 'Ilay says no tonight', said.join()); // prettier-ignore
      await page.context().close();
    },

    /** What the night light says, and whoever comes, beside the moon and never across it. */
    async moon() {
      const glow = { room: 'nest', glow: true, glowUntil: 9e15 };
      const states = {
        'the night light': asleep,
        called: [...asleep, ['room', glow]],
        'called, with voices': [...asleep, ['voice', { teller: 'mara' }], ['room', glow]],
      };
      for (const [name, set_] of Object.entries(states)) {
        for (const [width, height] of [
          [375, 667],
          [390, 844],
          [768, 1024],
          [820, 1180],
        ]) {
          // prettier-ignore
          await fresh(set_);
          const origins = [{ origin: new URL(hub.url).origin, localStorage: [{ name: 'evenfall:night-light', value: 'yes' }] }]; // prettier-ignore
          const page = await open('#/bedside/nest', { viewport: { width, height }, storageState: { cookies: [], origins } }); // prettier-ignore
          await page.waitForTimeout(700);
          const over = await page.evaluate(() => {
            const moon = document.querySelector('.edge svg path').getBoundingClientRect();
            const parts = [...document.querySelectorAll('main > :not(.edge, .over, .space) :is(svg, span), main p')]; // prettier-ignore
            const boxes = parts.map((one) => one.getBoundingClientRect()).filter((one) => one.width > 1); // prettier-ignore
            return boxes.filter((one) => moon.width && one.top < moon.bottom && one.bottom > moon.top).length; // prettier-ignore
          });
          held(`nothing lies across the moon: ${name}, ${width} × ${height}`, over === 0, over);
          await page.context().close();
        }
      }
    },
  };
}
