// Coming in, driven in a real browser: four words, the list of screens, a session that is over.

const NIGHT = '2026-11-20T18:57:00+00:00';
const CODE = 'otter-lantern-river-plum';
const STRANGER = { role: 'nobody', name: '', member: null, origin: 'plain', passkeys: false };
const GUARDIAN = { role: 'guardian', name: 'Mara', member: 'mara', expired: false };
const said = (page) => page.textContent('main');
const asks = (page) => {
  const paths = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.includes('/api/v1/')) paths.push(`${request.method()} ${pathname.slice(8)}`);
  });
  return paths;
};

/** The checks of this file, with the tools of the one that runs them. */
export function doorChecks({
  hub,
  fresh,
  set,
  open,
  held,
  loud,
  ember,
  mode,
  accessible,
  otherThanRed,
}) {
  const night = ['at', { now: NIGHT }];
  const stranger = ['me', STRANGER];
  const running = [night, ['room', { room: 'nest', mode: 'running' }], ['part', { room: 'nest', at: 0 }]]; // prettier-ignore

  return {
    async pairs() {
      await fresh([night, stranger]);
      const page = await open('#/');
      held('a screen nobody let in sees the door, and nothing of the home', (await said(page)).includes('doesn’t know this screen') && !(await said(page)).includes('Noor')); // prettier-ignore
      await page.getByLabel(/^Four words/).fill('  Otter LANTERN river, plum ');
      await page.keyboard.press('Enter');
      await page.waitForSelector('h1.unseen');
      held('four words in any case and spacing let it in, as a bedside of its room', page.url().endsWith('#/bedside/nest')); // prettier-ignore
      await page.context().close();
    },

    async link() {
      await fresh([night, stranger]);
      const page = await open('about:blank');
      const paths = asks(page);
      await page.goto(`${hub.url}#/pair/${CODE}`);
      await page.getByText('otter lantern river plum').waitFor();
      await page.waitForTimeout(500);
      held('a link claims nothing by itself', !paths.includes('POST pair'), paths.join(', '));
      const kept = await page.evaluate(() => location.href + JSON.stringify(history.state) + JSON.stringify({ ...localStorage })); // prettier-ignore
      held('its words are out of the address bar at once', !kept.includes('otter'), kept);
      await page.getByRole('button', { name: 'Let this screen in' }).tap();
      await page.waitForSelector('h1.unseen');
      held('one tap claims it', paths.filter((path) => path === 'POST pair').length === 1);
      await page.context().close();
    },

    async wrongWords() {
      await fresh([night, stranger]);
      const page = await open('#/pair/some-other-four-words');
      await page.getByRole('button', { name: 'Let this screen in' }).tap();
      await page.getByText('open nothing').waitFor();
      held('words that open nothing say so, and may be typed anew', await page.getByLabel(/^Four words/).isVisible()); // prettier-ignore
      await page.getByRole('button', { name: /passphrase/ }).tap();
      held('a plain address says why it takes no passphrase, and where one goes', (await said(page)).includes('in the open') && (await page.getByRole('link', { name: /locked address/ }).isVisible())); // prettier-ignore
      await page.context().close();
    },

    async invites() {
      await fresh([night]);
      const page = await open('#/screens');
      await page.getByRole('button', { name: 'Let a screen in' }).tap();
      await page.getByRole('button', { name: 'A guest, until tomorrow' }).tap();
      const picture = page.getByAltText(/picture for a phone/);
      await picture.waitFor();
      held('the picture shows under the page’s policy', await picture.evaluate((image) => image.decode().then(() => image.naturalWidth > 0))); // prettier-ignore
      const phone = await open(`#/pair/${CODE}`);
      await phone.getByLabel(/called/).fill('Aunt Ana’s phone');
      await phone.getByRole('button', { name: 'Let this screen in' }).tap();
      await phone.getByText('Begin', { exact: true }).waitFor();
      await page
        .getByRole('heading', { name: 'Aunt Ana’s phone is in.' })
        .waitFor({ timeout: 8000 });
      held('whoever made the words is told who came in', true);
      await page.getByRole('button', { name: 'Done' }).tap();
      await page.getByRole('button', { name: 'End it: Aunt Ana’s phone' }).tap();
      held('ending a screen takes one tap more', (await phone.getByText('Begin', { exact: true }).count()) === 1); // prettier-ignore
      await page.getByRole('button', { name: 'Yes, end it: Aunt Ana’s phone' }).tap();
      await phone.getByText('doesn’t know this screen').waitFor({ timeout: 8000 });
      held('a screen that was ended shows the door', true);
      await phone.context().close();
      await page.context().close();
    },

    async endsOpen() {
      await fresh(running);
      const page = await open('#/bedside/nest');
      await page.locator('.turn').tap();
      await page.waitForTimeout(8000);
      const before = [await loud(page), await ember(page)];
      await set('me', { expired: true, rights: ['stop'] });
      await page.waitForTimeout(2500);
      held('a session that ends in a story does not cut it off', (await page.locator('.prompter .now').count()) === 1 && (await loud(page)) > 1e-5 && (await page.evaluate(() => window.ear.context.state)) === 'running'); // prettier-ignore
      await page.getByText('has to be let in again').waitFor({ timeout: 20_000 });
      held('it fades by what it was told, and then the door is there', before[0] > 1e-4 && before[1] > 0.05 && (await loud(page)) === 0, `${before} → ${await loud(page)}`); // prettier-ignore
      await set('dead', { is: true });
      await page.getByRole('button', { name: 'Stop in The nest' }).tap();
      await page.getByText('hasn’t heard').waitFor();
      await set('dead', { is: false });
      await page.getByText('The nest is quiet').waitFor({ timeout: 8000 });
      await set('me', GUARDIAN);
      held('a screen whose session is over still stops its rooms, once the house hears', (await mode()) === 'stopped'); // prettier-ignore
      await page.context().close();
    },

    async endsAtOnce() {
      await fresh([night]);
      const page = await open('#/bedside/nest');
      const told = [];
      await page.exposeFunction('told', (text) => told.push(text));
      await page.evaluate(() => {
        const look = () => void window.told(document.querySelector('main')?.textContent ?? '');
        new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true }); // prettier-ignore
      });
      const from = performance.now();
      await set('me', { role: 'nobody', name: '', member: null, rights: [] });
      await page.getByLabel(/^Four words/).waitFor();
      const ms = Math.round(performance.now() - from);
      held('a screen that is ended sees the door at once, and nothing untrue before it', ms < 1500 && !told.some((text) => /doesn’t answer|nobody has let in/i.test(text)), `${ms} ms`); // prettier-ignore
      await set('me', GUARDIAN);
      await fresh(running);
      const reader = await open('#/bedside/nest');
      await reader.locator('.turn').tap();
      await set('me', { role: 'nobody', name: '', member: null, rights: [] });
      await reader.waitForTimeout(1500);
      const left = await reader.getByRole('button').allTextContents();
      held('in a story its words fade first, with nothing to press that does nothing', (await reader.locator('.prompter .now').count()) === 1 && left.filter((one) => one.trim()).join() === 'Stop', left.join()); // prettier-ignore
      await reader.getByRole('button', { name: /^Stop$/ }).tap();
      await reader.getByLabel(/^Four words/).waitFor({ timeout: 2000 });
      await reader.waitForTimeout(1000);
      const shut = await reader.evaluate(
        () => !window.ear || window.ear.context.state === 'closed',
      );
      held('a stop there is quiet, and then the door', shut || (await loud(reader)) === 0);
      await reader.context().close();
      await page.context().close();
    },

    async stopsEnding() {
      await fresh(running);
      const page = await open('#/bedside/nest');
      await page.locator('.turn').tap();
      await set('me', { expired: true, rights: ['stop'] });
      await page.waitForTimeout(1500);
      await page.getByRole('button', { name: /^Stop$/ }).tap();
      await page.waitForTimeout(1500);
      await set('me', GUARDIAN);
      held(
        'a stop is heard while a session that is over still fades',
        (await mode()) === 'stopped',
      );
      await page.context().close();
    },

    async newHome() {
      await fresh([['me', { role: 'device', name: '', member: null, new_home: true }]]);
      const page = await open('#/');
      held('a new home begins without anyone signed in, and says so in one line', (await said(page)).includes('Nobody has signed in yet') && (await page.getByRole('link', { name: 'Begin' }).isVisible())); // prettier-ignore
      await page.getByRole('link', { name: /Nobody has signed in/ }).tap();
      await page.getByLabel(/^Four words/).waitFor();
      held('and that line leads to the four words', true);
      await page.context().close();
    },

    async signsOut() {
      await fresh([night]);
      const page = await open('#/');
      await page.getByRole('button', { name: 'Change tonight' }).tap();
      await page.getByRole('button', { name: /^This screen/ }).tap();
      await page.getByRole('button', { name: 'Sign out here' }).tap();
      await page.getByRole('button', { name: 'Yes, sign out' }).tap();
      await page.getByText('doesn’t know this screen').waitFor();
      await page.getByRole('button', { name: /passphrase/ }).tap();
      await page.getByLabel('Name', { exact: true }).fill('Mara');
      await page.getByLabel('Passphrase', { exact: true }).fill('not the one');
      await page.getByRole('button', { name: 'Sign in', exact: true }).tap();
      await page.getByText('do not go together').waitFor();
      await page.getByLabel('Passphrase', { exact: true }).fill('four ordinary words');
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: 'Begin' }).waitFor();
      held('signing out takes two taps; a name and a passphrase sign in again', true);
      await page.context().close();
    },

    async passkeys() {
      await fresh([night]);
      const page = await open('about:blank');
      const cdp = await page.context().newCDPSession(page);
      await cdp.send('WebAuthn.enable');
      await cdp.send('WebAuthn.addVirtualAuthenticator', {
        options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true }, // prettier-ignore
      });
      const scripts = [];
      page.on('request', (request) => scripts.push(request.url()));
      await page.goto(hub.url.replace('127.0.0.1', 'localhost'));
      await page.getByRole('button', { name: 'Change tonight' }).tap();
      held('nothing about passkeys is loaded before one is asked for', !scripts.some((url) => /passkey/.test(url))); // prettier-ignore
      await page.getByRole('button', { name: /^This screen/ }).tap();
      await page.getByRole('button', { name: 'Passphrase and passkeys' }).tap();
      await page.getByRole('button', { name: 'Make a passkey here' }).tap();
      await page.getByText('Computer, made today').waitFor();
      held('a passkey is made', (await said(page)).includes('works from the next time'));
      await set('me', { ...STRANGER, origin: 'here', passkeys: true });
      await page.getByText('doesn’t know this screen').waitFor({ timeout: 8000 });
      await page.getByRole('button', { name: /passkey/ }).tap();
      await page.getByRole('button', { name: 'Use a passkey' }).tap();
      await page.getByRole('link', { name: 'Begin' }).waitFor();
      held('and signs in', true);
      await page.context().close();
    },

    async doorAccess() {
      const device = { role: 'device', name: '', member: null };
      const fold = (name) => (page) => page.getByRole('button', { name }).tap();
      const states = {
        'the door': ['#/', [night, stranger], fold(/passphrase/)],
        'the door, locked': ['#/', [night, ['me', { ...STRANGER, origin: 'locked', passkeys: true }]], fold(/passphrase/)], // prettier-ignore
        'the door, by a link': [`#/pair/${CODE}`, [stranger]],
        'a session over': ['#/', [night], (page) => set('me', { expired: true, rights: ['stop'] }).then(() => page.getByText('Stop in The nest').waitFor())], // prettier-ignore
        'a new home': ['#/', [['me', { ...device, new_home: true }]]],
        screens: ['#/screens', [night], fold(/End it: Nest/)],
        'screens at dusk': ['#/screens', []],
        'four words': [
          '#/screens',
          [night],
          fold('Let a screen in'),
          fold('A guest, until tomorrow'),
        ],
        'this screen': [
          '#/',
          [night],
          fold('Change tonight'),
          fold(/^This screen/),
          fold('Passphrase and passkeys'),
        ],
      };
      for (const [name, [hash, states_, ...acts]] of Object.entries(states)) {
        await fresh(states_);
        const page = await open(hash, { bypassCSP: true });
        for (const act of acts) await act(page);
        await page.waitForTimeout(3300);
        await accessible(page, name);
        const other = await otherThanRed(page);
        if (states_.includes(night)) held(`only the red channel at night: ${name}`, other === 0, `green and blue ≤ ${other}`); // prettier-ignore
        await page.context().close();
      }
    },

    async byKeyboard() {
      await fresh([night]);
      const page = await open('#/screens');
      await page.getByRole('button', { name: 'Let a screen in' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Whose screen is it?' }).waitFor();
      const first = await page.evaluate(() => document.activeElement?.textContent?.trim());
      held('a new question takes the keyboard with it', first === 'Whose screen is it?', first);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Who is it?' }).waitFor();
      held('and is answered by it', true);
      await page.context().close();
    },
  };
}
