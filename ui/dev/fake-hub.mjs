// A hub that is none: plays the made-up evening over the real protocol, sixty times as fast.
// For people who work on the page. `/dev/…` sets a state by hand; nothing of this is ever shipped.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { homeAt, mornings, PARTS } from './evening.mjs';

const BUILT = fileURLToPath(new URL('../../src/evenfall/app/web/static/', import.meta.url));
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
const QUIET = ['touch', 'stop', 'no', 'up', 'skip-wake'];

export function startHub({ port = 8421, speed = 60, from = '2026-11-20T18:37:00+00:00' } = {}) {
  const start_ms = Date.parse(from);
  let begun_ms = performance.now();
  let shift_ms = 0;
  let pace = speed;
  let home = homeAt(from);
  let dead = false;
  const played = {};
  const dreams = [];
  const sockets = new Set();

  const now_ms = () => start_ms + shift_ms + (performance.now() - begun_ms) * pace;
  const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, '+00:00');

  function view() {
    const ms = now_ms();
    home.now = iso(ms);
    const winds = home.sleepers.map((one) => Date.parse(one.wind_down));
    const wakes = home.sleepers.map((one) => Date.parse(one.wake));
    home.light = ms < Math.min(...winds) ? 'dusk' : ms >= Math.min(...wakes) ? 'dawn' : 'night';
    for (const room of home.rooms) play(room, ms);
    return home;
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
    room.can = room.mode === 'running' && room.quiet ? QUIET : CAN[room.mode];
    if (room.glow && ms > room.glowUntil) room.glow = false;
    if (room.glow) room.lease = { ...room.lease, light_lx_medi: 0.2, light_ramp_s: 5 };
    if (inside.every((one) => one.dark) && !room.glow) {
      room.lease = { ...room.lease, light_lx_medi: 0, sound_dba: 0, sound_what: '' };
    }
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
    Object.assign(room, { say: [], doors: [], breather: false });
    room.lease = { ...room.lease, light_lx_medi: mode === 'told' ? 0.3 : 0, sound_dba: 0, sound_what: '', seq: room.lease.seq + 1 }; // prettier-ignore
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
        Object.assign(room, { glow: true, glowUntil: now_ms() + 5 * 60_000 });
      else next(room);
    },
    choose: (room) => next(room),
    'lights-out': (_room, ask) => who(ask) && (who(ask).dark = true),
    up: (_room, ask) => who(ask) && (who(ask).up = true),
    'skip-wake': (room) => (room.wake_skipped = true),
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
    room: ({ room, ...patch }) => Object.assign(home.rooms.find((one) => one.room === room), patch), // prettier-ignore
    dark: ({ members }) => {
      for (const one of home.sleepers) one.dark = members.includes(one.member);
    },
    reset: () => {
      shift_ms = 0;
      begun_ms = performance.now();
      home = homeAt(from);
      for (const key of Object.keys(played)) delete played[key];
    },
    dead: ({ is }) => {
      dead = is;
      if (is) for (const socket of sockets) socket.terminate();
    },
  };

  const POST = {
    '/api/v1/do': ask,
    '/api/v1/mornings/felt': () => ({ status: 200, body: { kept: true } }),
    '/api/v1/dreams': (dream) => {
      dreams.push({ words: '', drawing: '', ...dream, at_utc: iso(now_ms()) });
      return { status: 200, body: { kept: true } };
    },
  };

  async function answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, 'http://hub');
    const json = (body, status = 200) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
      });
      response.end(JSON.stringify(body));
    };
    if (request.method === 'POST') {
      const text = await new Promise((done) => {
        let all = '';
        request.on('data', (piece) => (all += piece));
        request.on('end', () => done(all));
      });
      const body = text ? JSON.parse(text) : {};
      if (pathname.startsWith('/dev/')) {
        DEV[pathname.slice(5)](body);
        tell();
        return json({});
      }
      if (dead) return request.socket.destroy();
      const said = POST[pathname]?.(body) ?? { status: 404, body: { errors: [] } };
      return json(said.body, said.status);
    }
    if (dead) return request.socket.destroy();
    if (pathname === '/api/v1/home') return json(view());
    if (pathname === '/api/v1/mornings') return json(mornings());
    if (pathname === '/api/v1/dreams') {
      const member = searchParams.get('member');
      return json({ dreams: dreams.filter((one) => one.member === member) });
    }
    const path = normalize(pathname).replace(/^\//, '') || 'index.html';
    const file = extname(path) ? path : 'index.html';
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
  web.on('connection', (socket) => {
    if (dead) return socket.terminate();
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
