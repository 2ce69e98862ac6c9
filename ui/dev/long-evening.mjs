// A bedside page in a real Chromium, worked by tools/long_evening.py: a command a line comes in, a
// line a sample goes out. It decides nothing.
//
// It speaks to the browser itself: a browser that Playwright holds believes it is looked at, and a
// page that is looked at cannot be frozen. A frozen page still answers the browser's own questions.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { BROWSER } from './browser.mjs';

const SAMPLE_MS = 1000;
const ANSWER_MS = 5000;
const OUT_WITHIN_MS = 120_000; // a breather may be in the way

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// --- The browser -----------------------------------------------------------------------------

const profile = mkdtempSync(join(tmpdir(), 'evening-'));
const browser = spawn(
  BROWSER.executablePath,
  [...BROWSER.args, '--remote-debugging-port=0', '--window-size=820,1180', '--lang=en-GB', `--user-data-dir=${profile}`, 'about:blank'], // prettier-ignore
  { stdio: ['ignore', 'ignore', 'pipe'] },
);

async function pageSocket() {
  const at = await new Promise((found, fail) => {
    let said = '';
    browser.stderr.on('data', (more) => {
      said += more;
      const address = /DevTools listening on ws:\/\/([^/\s]+)/.exec(said);
      if (address) found(address[1]);
    });
    browser.on('exit', () => fail(new Error(`the browser ended: ${said}`)));
  });
  const open = await (await fetch(`http://${at}/json`)).json();
  const socket = new WebSocket(open.find((one) => one.type === 'page').webSocketDebuggerUrl);
  await new Promise((done) => socket.on('open', done));
  return socket;
}

const socket = await pageSocket();
const waiting = new Map();
let asked = 0;
socket.on('message', (text) => {
  const { id, error, result } = JSON.parse(text);
  const [done, fail] = waiting.get(id) ?? [];
  waiting.delete(id);
  if (error) fail?.(new Error(error.message));
  else done?.(result);
});

function ask(method, params = {}) {
  asked += 1;
  const id = asked;
  socket.send(JSON.stringify({ id, method, params }));
  return new Promise((done, fail) => {
    waiting.set(id, [done, fail]);
    setTimeout(() => waiting.delete(id) && fail(new Error(`no answer to ${method}`)), ANSWER_MS);
  });
}

async function evaluate(expression) {
  const { result, exceptionDetails } = await ask('Runtime.evaluate', { expression, returnByValue: true }); // prettier-ignore
  if (exceptionDetails) throw new Error(exceptionDetails.text);
  return result.value;
}

// --- Looking ---------------------------------------------------------------------------------

// Listens where the sound leaves the page, and counts the page's own seconds: a frozen one has none.
const EAR = `
  window.ticks = 0;
  setInterval(() => (window.ticks += 1), 500);
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      // One ear for all that leaves by the same way: the page has more than one voice.
      if (window.ear?.context !== this.context) {
        window.ear = this.context.createAnalyser();
        window.ear.fftSize = 32768;
      }
      connect.call(this, window.ear);
    }
    return connect.call(this, to, ...rest);
  };
`;

const LOOK = `(() => {
  const main = document.querySelector('main');
  const ember = document.querySelector('.ember');
  const samples = new Float32Array(window.ear ? window.ear.fftSize : 1);
  if (window.ear) window.ear.getFloatTimeDomainData(samples);
  const lines = [...document.querySelectorAll('.prompter .lines p')];
  return {
    ticks: window.ticks ?? 0,
    shown: document.visibilityState,
    face: main ? (main.className.match(/^[a-z]+/) ?? [''])[0] : '',
    ember: ember ? Number(getComputedStyle(ember).opacity) : 0,
    audio_s: window.ear ? window.ear.context.currentTime : 0,
    rms: Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length),
    line: lines.findIndex((one) => one.classList.contains('now')),
    lines: lines.length,
    said: [...document.querySelectorAll('.said p')].map((one) => one.textContent.trim()),
  };
})()`;

const look = () => evaluate(LOOK).catch(() => null);

// --- Touching --------------------------------------------------------------------------------

/** The middle of a button that is there, by its selector and what it is called. */
const place = (selector, name) =>
  evaluate(`(() => {
    const called = (one) => one.getAttribute('aria-label') ?? one.textContent.trim();
    const there = [...document.querySelectorAll(${JSON.stringify(selector)})];
    const found = there.find((one) => called(one).includes(${JSON.stringify(name)}));
    if (!found) return null;
    found.scrollIntoView({ block: 'nearest' });
    const box = found.getBoundingClientRect();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  })()`);

async function press(selector, name = '') {
  const at = await place(selector, name);
  if (!at) throw new Error(`there was no ${name || selector} to press`);
  const mouse = { ...at, button: 'left', clickCount: 1 };
  await ask('Input.dispatchMouseEvent', { type: 'mousePressed', ...mouse });
  await ask('Input.dispatchMouseEvent', { type: 'mouseReleased', ...mouse });
}

async function turn() {
  const key = { key: 'ArrowRight', code: 'ArrowRight', windowsVirtualKeyCode: 39 };
  await ask('Input.dispatchKeyEvent', { type: 'keyDown', ...key });
  await ask('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
}

/** As whoever reads aloud would: on to the last line of this part, where the button is. */
async function lightsOut(name) {
  for (const until = Date.now() + OUT_WITHIN_MS; Date.now() < until; await wait(400)) {
    if (await place('button', name)) return press('button', name);
    if ((await look())?.face === 'story') await turn();
  }
  throw new Error(`there was no ${name} to press`);
}

const COMMANDS = {
  open: async ({ url }) => {
    await ask('Page.addScriptToEvaluateOnNewDocument', { source: EAR });
    await ask('Page.navigate', { url });
    for (let k = 0; k < 100 && !(await look())?.face; k += 1) await wait(100);
  },
  begin: () => press('button', 'Begin the story'),
  turn,
  out: ({ name }) => lightsOut(`Lights out, ${name}`),
  touch: () => press('button.over'),
  freeze: async () => {
    await ask('Emulation.setFocusEmulationEnabled', { enabled: false });
    await ask('Page.setWebLifecycleState', { state: 'frozen' });
  },
  // Thawed, it is still hidden; somebody looks at it again.
  thaw: async () => {
    await ask('Page.setWebLifecycleState', { state: 'active' });
    await ask('Emulation.setFocusEmulationEnabled', { enabled: true });
  },
};

await ask('Page.enable');
const sampling = setInterval(async () => tell({ page: await look() }), SAMPLE_MS);

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.do === 'close') break;
  // Not awaited: a button that is long in coming holds up nothing else.
  void COMMANDS[command.do](command).then(
    () => tell({ done: command.id }),
    (error) => tell({ failed: command.id, why: error.message }),
  );
}

clearInterval(sampling);
browser.removeAllListeners('exit');
browser.on('exit', () => {
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
});
browser.kill();
