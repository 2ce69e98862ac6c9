// A hub that is none: plays the made-up evening over the real protocol, sixty times as fast.
// For people who work on the page. `/dev/…` sets a state by hand; nothing of this is ever shipped.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { homeAt, mornings, PARTS } from './evening.mjs';
import { fakeAccess } from './fake-access.mjs';
import { fakeBook } from './fake-book.mjs';
import { fakeGuard } from './fake-guard.mjs';

// EVENFALL_PAGE: a page built elsewhere, for trying one while another is served.
const BUILT = process.env.EVENFALL_PAGE ?? fileURLToPath(new URL('../../src/evenfall/app/web/static/', import.meta.url)); // prettier-ignore
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; " +
  "img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self' blob:; " +
  "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const IN_STORY = ['stop', 'no', 'pause', 'touch', 'choose', 'lights-out', 'skip-wake'];
const CAN = {
  before: ['skip-wake'],
  waiting: ['begin', 'no', 'stop', 'lights-out', 'skip-wake'],
  running: IN_STORY,
  paused: ['resume', 'no', 'stop', 'lights-out', 'skip-wake'],
  told: ['stop', 'lights-out', 'skip-wake'],
  stopped: ['touch', 'up'],
  ended: ['up'],
};
const OUT = { errors: [{ found: 'a screen nobody has let in', place: {}, expected: '', mend: 'let it in with four words' }] }; // prettier-ignore
/** What a room shines where it is dark: somebody's night light. A page that is none shows nothing of it. */
const NIGHT_LIGHT_LX = 0.2;
const QUIET = ['touch', 'stop', 'no', 'up', 'skip-wake'];

export function startHub({ port = 8421, speed = 60, from = '2026-11-20T18:37:00+00:00' } = {}) {
  const start_ms = Date.parse(from);
  let begun_ms = performance.now();
  let shift_ms = 0;
  let pace = speed;
  let home = homeAt(from);
  let dead = false;
  const played = {};
  const sockets = new Set();

  const now_ms = () => start_ms + shift_ms + (performance.now() - begun_ms) * pace;
  const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, '+00:00');
  const guard = fakeGuard();
  const access = fakeAccess({ quiet: end, guard });
  const book = fakeBook({
    who: access.who,
    now: () => iso(now_ms()),
    nameOf: (member) => home.sleepers.find((one) => one.member === member)?.name ?? '',
  });
  const cookieOf = (request) =>
    /(?:^|; )screen=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';

  /** As the hub does it to a screen that was ended. */
  function end(cookie) {
    for (const socket of sockets) if (socket.cookie === cookie) socket.close(4401);
  }

  function view() {
    const ms = now_ms();
    home.now = iso(ms);
    const winds = home.sleepers.map((one) => Date.parse(one.wind_down));
    const wakes = home.sleepers.map((one) => Date.parse(one.wake));
    home.light = ms < Math.min(...winds) ? 'dusk' : ms >= Math.min(...wakes) ? 'dawn' : 'night';
    for (const room of home.rooms) play(room, ms);
    return { ...home, rooms: home.rooms.map(guard.told) };
  }

  function play(room, ms) {
    const inside = home.sleepers.filter((one) => one.room === room.room);
    const wake = Math.max(...inside.map((one) => Date.parse(one.wake)));
    room.morning = ms >= wake ? 'yes' : wake - ms <= 15 * 60_000 ? 'nearly' : 'not-yet';
    const winds = Math.min(...inside.map((one) => Date.parse(one.wind_down)));
    if (room.mode === 'waiting' || room.mode === 'before') {
      room.mode = ms < winds - 20 * 60_000 ? 'before' : 'waiting';
    }
    if (room.mode === 'running') act(room, ms);
    const quiet = room.mode === 'running' && room.quiet;
    const reads = !inside.every((one) => one.dark);
    room.can = quiet ? [...QUIET, ...(reads ? ['lights-out'] : [])] : CAN[room.mode];
    room.voices = book.offered(inside.map((one) => one.member));
    if (room.glow && ms > room.glowUntil) room.glow = false;
    if (room.glow) room.lease = { ...room.lease, light_lx_medi: 0.8, light_ramp_s: 10 };
    if (room.glow) room.can = [...new Set([...room.can, 'stop', ...(room.voices.length ? ['voice'] : [])])]; // prettier-ignore
    speak(room, ms);
    if (inside.every((one) => one.dark) && !room.glow) {
      room.lease = { ...room.lease, light_lx_medi: NIGHT_LIGHT_LX, sound_dba: 0, sound_what: '' };
    }
  }

  function speak(room, ms) {
    if (room.playing && (!room.glow || ms > room.voiceUntil)) room.playing = '';
    const voice = { sound_what: 'voice', sound_dba: 30, sound_ramp_s: 1 };
    if (room.playing) room.lease = { ...room.lease, ...voice };
    else if (room.lease.sound_what === 'voice') room.lease = { ...room.lease, sound_dba: 0, sound_what: '' }; // prettier-ignore
  }

  function act(room, ms) {
    let part = played[room.room] ?? { at: 0, since: ms };
    const lasts = (PARTS[part.at]?.min ?? 1) * 60_000;
    if (ms - part.since > lasts && part.at < PARTS.length - 1)
      part = { at: part.at + 1, since: ms };
    played[room.room] = part;
    const { scene, say, doors, lease, breather = false, quiet = false } = PARTS[part.at];
    Object.assign(room, {
      scene,
      say,
      doors,
      breather,
      quiet,
      lease: { ...lease, seq: part.at + 2 },
    });
  }

  function next(room) {
    const part = played[room.room];
    if (part) played[room.room] = { at: Math.min(part.at + 1, PARTS.length - 1), since: now_ms() };
  }

  const hush = (room, mode) => {
    room.mode = mode;
    Object.assign(room, { say: [], doors: [], breather: false, glow: false, playing: '' });
    room.lease = { ...room.lease, light_lx_medi: mode === 'told' ? 0.3 : NIGHT_LIGHT_LX, sound_dba: 0, sound_what: '', seq: room.lease.seq + 1 }; // prettier-ignore
  };
  const who = (ask) => home.sleepers.find((one) => one.member === ask.member);
  const DOES = {
    begin: (room) => (room.mode = 'running'),
    stop: (room) => hush(room, 'stopped'),
    no: (room) => hush(room, 'told'),
    pause: (room) => hush(room, 'paused'),
    resume: (room) => (room.mode = 'running'),
    touch: (room) => {
      if (room.quiet || room.mode === 'stopped')
        Object.assign(room, { glow: true, glowUntil: now_ms() + 5 * 60_000, call: 'called' });
      else next(room);
    },
    choose: (room) => next(room),
    'lights-out': (_room, ask) => who(ask) && (who(ask).dark = true),
    up: (_room, ask) => who(ask) && (who(ask).up = true),
    'skip-wake': (room) => (room.wake_skipped = true),
    voice: (room, { door }) =>
      Object.assign(room, { playing: door, voiceUntil: now_ms() + 75_000, glowUntil: now_ms() + 5 * 60_000 }), // prettier-ignore
  };

  function ask(body) {
    view();
    const room = home.rooms.find((one) => one.room === body.room);
    if (!room?.can.includes(body.do)) {
      const fault = { found: `${body.do} is not for now`, place: {}, expected: '', mend: 'try again later' }; // prettier-ignore
      return { status: 409, body: { errors: [fault] } };
    }
    DOES[body.do](room, body);
    tell();
    return { status: 200, body: view() };
  }

  function tell() {
    if (dead) return;
    const text = JSON.stringify(view());
    for (const socket of sockets) socket.send(text);
  }

  const DEV = {
    lie: ({ how }) => guard.lie(how),
    anotherGuard: () => guard.another(),
    ...access.DEV,
    ...book.DEV,
    at: ({ now }) => {
      shift_ms = Date.parse(now) - start_ms;
      begun_ms = performance.now();
    },
    pace: ({ speed: to }) => {
      shift_ms = now_ms() - start_ms;
      begun_ms = performance.now();
      pace = to;
    },
    part: ({ room, at }) => (played[room] = { at, since: now_ms() }),
    home: (patch) => Object.assign(home, patch),
    sleeper: ({ member, ...patch }) => Object.assign(home.sleepers.find((one) => one.member === member), patch), // prettier-ignore
    room: ({ room, ...patch }) => Object.assign(home.rooms.find((one) => one.room === room), patch), // prettier-ignore
    /** Someone in another room wakes long before: the house has its dawn, this room has not. */
    early: () => (home.sleepers.at(-1).wake = '2026-11-21T06:30:00+00:00'),
    dark: ({ members }) => {
      for (const one of home.sleepers) one.dark = members.includes(one.member);
    },
    reset: () => {
      shift_ms = 0;
      begun_ms = performance.now();
      home = homeAt(from);
      guard.lie();
      access.reset();
      book.reset();
      for (const key of Object.keys(played)) delete played[key];
    },
    dead: ({ is }) => {
      dead = is;
      if (is) for (const socket of sockets) socket.terminate();
    },
  };

  /** A guardian's act: what it says is done, whoever signed it. */
  function acted({ signed }) {
    const { act, rooms } = JSON.parse(signed);
    const meant = home.rooms.filter((one) => act === 'release' || rooms.includes(one.room));
    for (const room of meant) {
      if (act !== 'invite') hush(room, 'stopped');
      const seen = { id: `a${performance.now()}`, act, by_name: 'Mara', at: iso(now_ms()), elsewhere: true }; // prettier-ignore
      room.acts = [...(room.acts ?? []), seen];
    }
    tell();
    const outcome = { quiet: 'quiet', release: 'stopped', invite: 'told' }[act];
    const told = meant.map(({ room, name }) => ({ room, name, outcome, silent: [] }));
    return { status: 200, body: { act, rooms: told } };
  }

  /** A call for help: the room goes quiet, and whoever is told is told. */
  function helped({ room: id }) {
    const room = home.rooms.find((one) => one.room === id);
    if (room.mode === 'running') {
      played[id] = { at: PARTS.length - 1, since: now_ms() };
      room.broke_off = home.sleepers.every((one) => one.room !== id || !one.dark);
    }
    const nobody = room.call === 'nobody';
    room.call = nobody || room.call === 'lost' ? room.call : 'called';
    tell();
    return { status: 200, body: { called: true, told: nobody ? [] : ['Mara', 'Tomás'] } };
  }

  /** An adult's word: a new evening waits where one broke off. */
  function begunAnew({ room: id }) {
    const room = home.rooms.find((one) => one.room === id);
    Object.assign(room, { mode: 'waiting', broke_off: false, night: `${room.night}-2`, say: [], doors: [] }); // prettier-ignore
    delete played[id];
    tell();
    return { status: 200, body: { room: id, night: room.night, clean: true } };
  }

  const POST = {
    '/api/v1/help': helped,
    '/api/v1/reboot': begunAnew,
    '/api/v1/acts': acted,
    '/api/v1/do': ask,
    '/api/v1/mornings/felt': () => ({ status: 200, body: { kept: true } }),
  };

  async function answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, 'http://hub');
    const json = (body, status = 200, more = {}) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        ...more,
      });
      response.end(JSON.stringify(body));
    };
    const cookie = cookieOf(request);
    const morningsFor = (screen) => {
      const { rights, for_members } = access.who(screen);
      if (!rights.includes('mornings')) return json({ errors: [] }, 403);
      const seen = mornings().mornings.map((one) => ({ ...one, members: one.members.filter(({ member }) => for_members.includes(member)) })); // prettier-ignore
      return json({ mornings: seen.filter((one) => one.members.length) });
    };
    const type = (request.headers['content-type'] ?? '').split(';')[0];
    const path = pathname.slice('/api/v1/'.length);
    if (['POST', 'DELETE'].includes(request.method)) {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      const raw = Buffer.concat(pieces);
      const body = raw.length && !type.startsWith('audio/') ? JSON.parse(String(raw)) : {};
      if (pathname.startsWith('/dev/')) {
        DEV[pathname.slice(5)](body);
        tell();
        return json({});
      }
      if (dead) return request.socket.destroy();
      const let_in = access.answer(request.method, pathname.slice('/api/v1/'.length), body, cookie);
      if (let_in) {
        const more = let_in.cookie === undefined ? {} : { 'set-cookie': `screen=${let_in.cookie}; Path=/` }; // prettier-ignore
        return json(let_in.body, let_in.status, more);
      }
      if (access.isOut(cookie) && !(body.do === 'stop' && access.mayStop(cookie))) return json(OUT, 401); // prettier-ignore
      const asked = { cookie, body, raw, type, search: searchParams };
      const said = book.answer(request.method, path, asked) ??
        POST[pathname]?.(body) ?? { status: 404, body: { errors: [] } };
      if (said.status === 200 && path.startsWith('voices')) tell();
      return json(said.body, said.status);
    }
    if (dead) return request.socket.destroy();
    const known = access.answer('GET', pathname.slice('/api/v1/'.length), {}, cookie);
    if (known) return json(known.body, known.status);
    if (pathname.startsWith('/api/') && access.isOut(cookie)) return json(OUT, 401);
    if (pathname === '/api/v1/home') return json(view());
    if (pathname === '/api/v1/mornings') return morningsFor(cookie);
    const paged = pathname.startsWith('/api/') ? book.answer('GET', path, { cookie, search: searchParams }) : null; // prettier-ignore
    if (paged?.raw) {
      response.writeHead(200, { 'content-type': paged.type, 'cache-control': 'no-store' });
      return response.end(paged.raw);
    }
    if (paged) return json(paged.body, paged.status);
    const place = normalize(pathname).replace(/^\//, '') || 'index.html';
    const file = extname(place) ? place : 'index.html';
    try {
      const bytes = await readFile(join(BUILT, file));
      const type = TYPES[extname(file)] ?? 'text/plain';
      response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY });
      response.end(bytes);
    } catch {
      json({ errors: [] }, 404);
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  const web = new WebSocketServer({ server, path: '/api/v1/socket' });
  web.on('connection', (socket, request) => {
    if (dead) return socket.terminate();
    socket.cookie = cookieOf(request);
    if (access.isOut(socket.cookie)) return socket.close(4401);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (text) => {
      const said = ask(JSON.parse(String(text)));
      if (said.status !== 200) socket.send(JSON.stringify(said.body));
    });
    socket.send(JSON.stringify(view()));
  });
  const beat = setInterval(tell, 1000);
  return new Promise((ready) => {
    server.listen(port, '127.0.0.1', () => {
      ready({
        url: `http://127.0.0.1:${server.address().port}/`,
        guard,
        close: () => {
          clearInterval(beat);
          for (const socket of sockets) socket.terminate();
          server.close();
        },
      });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startHub({ speed: Number(process.env.SPEED ?? 60) });
  console.log(`A made-up evening at ${url}`);
}
