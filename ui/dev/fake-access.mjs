// Who may come in to the made-up home: screens, four words, a passphrase, all of it in memory.
// Whoever has no cookie is `me`, which `/dev/me` sets: at first a guardian at the hub itself.

import { readFileSync } from 'node:fs';
import { SLEEPERS } from './evening.mjs';

const QR = readFileSync(new URL('./qr.svg', import.meta.url), 'utf8');
const WORDS = 'otter-lantern-river-plum';
const LINK = `http://192.168.1.20:8421/#/pair/${WORDS}`;
const TEN_MIN_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const ALL = ['dreams-read', 'dreams-tell', 'evening', 'felt', 'help', 'mornings', 'reboot', 'screens', 'secrets', 'skip-wake', 'stop', 'voices-hear', 'voices-keep', 'worries']; // prettier-ignore
const EVENING = ['evening', 'help', 'stop', 'voices-hear'];
const RIGHTS = {
  guardian: [...ALL, 'acts'],
  adult: ALL,
  child: [...EVENING, 'dreams-read', 'dreams-tell', 'felt', 'mornings', 'screens'],
  guest: EVENING,
  device: [...EVENING, 'dreams-tell', 'felt'],
  nobody: [],
};
const PLAIN = [...EVENING, 'felt', 'skip-wake'];
const CHILDREN = SLEEPERS.filter((one) => one.child).map((one) => one.member);

const MARA = {
  role: 'guardian', name: 'Mara', member: 'mara', room: null, origin: 'here', rights: RIGHTS.guardian,
  for_members: ['mara', ...CHILDREN], new_home: false, expired: false, passkeys: true,
  locked_at: 'https://evenfall.home.arpa:8443/', fresh_until_utc: '2100-01-01T00:00:00Z',
  screen: 's1', elsewhere: false, acts_key: '',
}; // prettier-ignore

function fault(status, found, mend) {
  return { status, body: { errors: [{ found, place: {}, expected: '', mend }] } };
}

/** When that was, by the real clock: only an evening's hour is made up. */
function before(days) {
  return new Date(Date.now() - days * DAY_MS).toISOString();
}

/** `quiet(cookie)` closes the sockets of a screen that was ended. */
export function fakeAccess({ quiet, guard }) {
  let me;
  let invites;
  let screens;
  let passkeys;
  const sessions = new Map();

  function reset() {
    me = structuredClone(MARA);
    invites = [];
    passkeys = [{ id: 'k1', label: 'Mara’s phone', made_utc: before(18) }];
    sessions.clear();
    screens = [
      screen('s1', 'Mara’s laptop', { member: 'mara', origin: 'here', this: true }),
      screen('s2', 'Mara’s phone', { member: 'mara', origin: 'locked' }),
      screen('s3', 'Nest tablet', { kind: 'device', room: 'nest', made_utc: before(1), seen_utc: before(1) }), // prettier-ignore
      screen('s4', 'Ilay’s tablet', { member: 'ilay', origin: 'locked' }),
    ];
  }

  function screen(id, label, more) {
    return {
      id, label, kind: 'member', member: null, room: null, origin: 'plain', by: 'mara', by_name: 'Mara',
      made_utc: before(18), seen_utc: before(0),
      expires_utc: before(-30), this: false, ...more,
    }; // prettier-ignore
  }

  /** What a screen let in by an invitation is, at the open address of a made-up house. */
  function meOf({ kind, member = null, room = null }) {
    const who = SLEEPERS.find((one) => one.member === member);
    const role = kind === 'member' ? (who?.child ? 'child' : member === 'mara' ? 'guardian' : 'adult') : kind; // prettier-ignore
    return {
      ...MARA, role, member, room, name: who?.name ?? '', origin: 'plain', passkeys: false,
      rights: RIGHTS[role].filter((one) => PLAIN.includes(one)),
      for_members: kind === 'device' ? CHILDREN : member ? [member] : [],
    }; // prettier-ignore
  }

  const who = (cookie) => sessions.get(cookie) ?? me;
  const told = (one) => ({ ...one, guard_key: one.rights.length ? guard.key : '' });
  const isOut = (cookie) => who(cookie).expired || who(cookie).role === 'nobody';
  const mayStop = (cookie) => who(cookie).expired;

  function welcome(as, label, invite) {
    const cookie = `c${sessions.size + 1}`;
    sessions.set(cookie, as);
    screens = [...screens, screen(cookie, label, { ...invite, origin: as.origin, made_utc: before(0), seen_utc: before(0) })]; // prettier-ignore
    return { status: 200, body: told(as), cookie };
  }

  const ASKED = {
    'GET me': ({ cookie }) => ({ status: 200, body: told(who(cookie)) }),
    'POST pair': ({ code, label }) => {
      if (code !== WORDS) return fault(403, 'four words that open nothing', 'ask for new ones on a screen that is in'); // prettier-ignore
      const invite = invites.pop() ?? { kind: 'device', room: 'nest' };
      return welcome(meOf(invite), label, invite);
    },
    'POST sign-in': ({ name, passphrase, label }) =>
      name === 'Mara' && passphrase === 'four ordinary words'
        ? welcome(MARA, label, { kind: 'member', member: 'mara' })
        : fault(403, 'a name and a passphrase that do not go together', 'try again, or use four words'), // prettier-ignore
    'POST sign-out': ({ cookie }) => {
      sessions.delete(cookie);
      me = { ...me, role: 'nobody', name: '', member: null, rights: [], for_members: [] };
      return { status: 200, body: me, cookie: '' };
    },
    'POST passphrase': ({ passphrase }) =>
      passphrase.length >= 10
        ? { status: 200, body: { kept: true } }
        : fault(422, 'a passphrase of fewer than ten characters', 'take a longer one'),
    'POST passkeys/begin': () => ({
      status: 200,
      body: {
        challenge: 'AAAAAAAAAAAAAAAAAAAAAA',
        rp: { name: 'Evenfall', id: 'localhost' },
        user: { id: 'AAAAAAAAAAAAAAAAAAAAAA', name: 'Mara', displayName: 'Mara' },
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      },
    }),
    'POST passkeys': ({ answer, label }) => {
      passkeys = [...passkeys, { id: answer.id, label, made_utc: before(0) }];
      return { status: 200, body: { kept: true } };
    },
    'POST passkeys/sign-in/begin': () => ({
      status: 200,
      body: { challenge: 'AAAAAAAAAAAAAAAAAAAAAA', rpId: 'localhost', userVerification: 'required' }, // prettier-ignore
    }),
    'POST passkeys/sign-in': ({ answer, label }) =>
      passkeys.some((one) => one.id === answer.id)
        ? welcome(MARA, label, { kind: 'member', member: 'mara' })
        : fault(403, 'a passkey this house does not know', 'use four words'),
    'GET passkeys': () => ({ status: 200, body: { passkeys } }),
    'POST invites': ({ kind, member = null, room = null }) => {
      invites.push({ kind, member, room });
      const expires_utc = new Date(Date.now() + TEN_MIN_MS).toISOString();
      return { status: 200, body: { words: WORDS, links: [LINK], qr_svg: QR, expires_utc } };
    },
    'POST acts/key': ({ public_key, cookie }) => {
      const known = { ...who(cookie), acts_key: public_key };
      if (sessions.has(cookie)) sessions.set(cookie, known);
      else me = known;
      return { status: 200, body: told(known) };
    },
    'GET screens': () => ({ status: 200, body: { screens } }),
  };

  /** The answer to a request of `api/v1/…`, or nothing where it is no matter of coming in. */
  function answer(method, path, body, cookie) {
    const [, what, id] = /^(passkeys|screens)\/([^/]+)$/.exec(path) ?? [];
    if (method === 'DELETE' && what) {
      if (what === 'screens') end(id);
      else passkeys = passkeys.filter((one) => one.id !== id);
      return { status: 200, body: { gone: true } };
    }
    return ASKED[`${method} ${path}`]?.({ ...body, cookie });
  }

  function end(id) {
    screens = screens.filter((one) => one.id !== id);
    if (!sessions.has(id)) return;
    sessions.set(id, { ...sessions.get(id), role: 'nobody', rights: [], for_members: [] });
    quiet(id);
  }

  const DEV = {
    me: (patch) => {
      me = { ...me, ...(patch.role ? { rights: RIGHTS[patch.role] } : {}), ...patch };
      if (isOut('')) quiet('');
    },
  };

  reset();
  return { answer, DEV, isOut, mayStop, reset, who };
}
