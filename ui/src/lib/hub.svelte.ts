// The line to the hub: a socket that tells the whole each time, and a plain request where it is down.
// Whatever is lost, the page knows since when, and goes on with what it was last told. A screen that
// is let in no more is as good as alone: what it was told lapses, and the door is shown.

import { forgetOwn, keep } from './keep';
import { meets } from './guard/pin';
import { Trust } from './guard/trust';
import { isOut, me } from './me.svelte';
import { where } from './route.svelte';
import type { Ask, Fault, HomeTold, HomeView, Me } from './types';
import { language } from './words/index.svelte';
import type { Language } from './words/languages';
import { inZoneOf } from './zone';

export type Line = 'starting' | 'open' | 'lost';

const SILENT_MS = 12_000; // the hub speaks at least every 5 s
const RETRY_MS = [1000, 2000, 4000, 8000];
const ANSWER_MS = 8000; // a hub that takes longer to say who we are is not there
const QUIET_MS = 1000; // a moment of quiet between what fades and the door
const NEW_HOME_MS = 20_000; // how often a home without anyone asks whether somebody came
const UNAUTHORIZED = 401;
/** What the hub says as it closes the socket of a screen that was ended. */
const ENDED = 4401;
/** Rooms this screen last knew, for a stop after its session is over: ids and names, no more. */
export const ROOMS_KEPT = 'rooms';
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** What every request says of itself: that a page asks, and in which language it wants to hear. */
export function pageHeaders(): Record<string, string> {
  return { 'X-Evenfall': 'page', 'X-Evenfall-Language': language() };
}

export function api(path: string): string {
  return new URL(`api/v1/${path}`, document.baseURI.split('#')[0]).href;
}

/** What a faulty answer says, as sentences. */
export function faultsIn(body: unknown): string[] {
  const errors = (body as { errors?: Fault[] } | null)?.errors;
  if (!Array.isArray(errors)) return [];
  return errors.map((fault) => sentences(fault.found, fault.mend));
}

function sentences(...parts: string[]): string {
  return parts
    .filter(Boolean)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1).replace(/[.\s]*$/, '.'))
    .join(' ');
}

export class RefusedError extends Error {
  constructor(
    readonly status: number,
    readonly told: string[],
  ) {
    super(told.join(' '));
  }
}

export function send<T>(path: string, body: unknown): Promise<T> {
  return asked<T>(path, { method: 'POST', body: JSON.stringify(body) });
}

export function read<T>(path: string): Promise<T> {
  return asked<T>(path, {});
}

export function remove<T>(path: string): Promise<T> {
  // A change says how long it is, also where it is nothing.
  return asked<T>(path, { method: 'DELETE', body: '{}' });
}

async function asked<T>(path: string, more: RequestInit): Promise<T> {
  const answer = await fetch(api(path), { headers: { ...pageHeaders(), ...JSON_TYPE }, ...more });
  const said: unknown = await answer.json().catch(() => null);
  hub.noteClock(answer.headers.get('date'));
  if (answer.status === UNAUTHORIZED) hub.doubt();
  if (!answer.ok) throw new RefusedError(answer.status, faultsIn(said));
  return said as T;
}

export class Hub {
  view = $state.raw<HomeView | null>(null);
  line = $state<Line>('starting');
  told = $state.raw<string[]>([]);
  /** Rises with every view, so that a renewal without a change is noticed too. */
  heard = $state(0);
  /** Whether what a screen that is out was last told has ended; only then it leaves a story. */
  lapsed = $state(false);

  /** The last the hub told, as it told it, and when. */
  #told: { home: HomeTold; at_ms: number } | null = null;
  #trust = new Trust(() => this.again());
  #socket: WebSocket | null = null;
  #tries = 0;
  #heardAt_ms = 0;
  #lookedAt_ms = 0;
  #turn = 0;
  #wall_ms = Date.now() - performance.now();
  #language: Language = language();
  #rooms = '';
  #looking = false;
  #watch = 0;
  #retry = 0;

  start(): void {
    void this.#open();
    this.#watch = window.setInterval(() => this.#check(), 2000);
    addEventListener('online', () => void this.#open());
    document.addEventListener('visibilitychange', () => {
      if (isOut() && document.visibilityState === 'visible') void this.look();
      this.#check();
    });
    this.#readHome();
  }

  #readHome(): void {
    void read<HomeTold>('home').then(
      (view) => this.#take(view),
      (error: unknown) => this.#refused(error),
    );
  }

  /** Ask who this screen is, and be it. Null where nobody answered. */
  async look(): Promise<Me | null> {
    const turn = (this.#turn += 1);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), ANSWER_MS);
    try {
      const now = await asked<Me>('me', { signal: patience.signal });
      if (turn === this.#turn) this.#be(now);
      return me.now;
    } catch (error) {
      this.#refused(error);
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Something was refused to this screen: ask who it is, unless that is being asked. */
  doubt(): void {
    if (!this.#looking && !isOut()) void this.look();
  }

  /** Go on as somebody else than before: what the one before was told is gone from here. */
  becomes(now: Me): void {
    this.#turn += 1; // an answer that is still on its way is about the one before
    this.view = null;
    this.#told = null;
    this.told = [];
    this.#silence();
    if (now.member !== me.now?.member) this.#forgetOwn();
    this.#be(now);
    if (isOut()) return;
    this.line = 'starting';
    this.#tries = 0;
    this.#readHome();
    void this.#open();
  }

  #be(now: Me): void {
    const wasOut = isOut();
    me.now = now;
    meets(now);
    this.#lookedAt_ms = performance.now();
    this.lapsed &&= isOut();
    if (isOut()) this.#silence();
    else if (wasOut) void this.#open();
    if (isOut() && !wasOut) this.#forgetOwn(now.expired ? [ROOMS_KEPT] : []);
  }

  /** Nothing somebody said here stays on a screen that is theirs no more. */
  #forgetOwn(but: string[] = []): void {
    forgetOwn(but);
    if (!but.includes(ROOMS_KEPT)) this.#rooms = '';
  }

  /** As for a house that is gone: nothing is renewed any more. */
  #silence(): void {
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.line = 'lost';
    this.told = [];
  }

  /** The house closed the door on this screen: it is out from now on, whatever else it is. */
  async #ended(): Promise<void> {
    this.#socket = null;
    const before = me.now;
    const now = await this.look();
    if (!now && before && !isOut()) this.#be({ ...before, role: 'nobody', rights: [] });
    else if (!isOut()) this.#lost();
  }

  /** Speak another language from here on: what the house says is asked for anew in it. */
  speaks(code: Language): void {
    if (code === this.#language) return;
    this.#language = code;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    if (!isOut()) void this.#open();
  }

  /** Milliseconds until what a room's bedside shows or plays has lapsed; 0 where nothing is on. */
  lapsesIn_ms(wanted: string): number {
    const room = this.view?.rooms.find((one) => one.room === wanted);
    if (!room || room.mode !== 'running') return 0;
    const { light_lx_medi, sound_dba, lease_s } = room.lease;
    if (light_lx_medi === 0 && sound_dba === 0 && !room.say.length) return 0;
    return Math.max(0, lease_s * 1000 - this.age_ms()) + QUIET_MS;
  }

  /** Nothing fades here any more: the door may be shown. */
  lapse(): void {
    this.lapsed = true;
  }

  stop(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    this.#socket?.close();
  }

  /** The house's own clock, as its answers carry it: this device's may be years off. */
  noteClock(date: string | null): void {
    const at_ms = Date.parse(date ?? '');
    if (!Number.isNaN(at_ms)) this.#wall_ms = at_ms - performance.now();
  }

  /** The house's clock now, in its zone. An evening's hour may be made up (`view.now`); this is not. */
  wallNow(): string {
    return inZoneOf(this.view?.now ?? 'Z', this.#wall_ms + performance.now());
  }

  /** Whether a stop may be heard: also by a house that lets this screen do nothing else any more. */
  get hearsStop(): boolean {
    return this.line === 'open' || (me.now?.expired ?? false);
  }

  /** Milliseconds since the hub last spoke. */
  age_ms(): number {
    return performance.now() - this.#heardAt_ms;
  }

  /** Ask for something. False where nobody heard it, or it cannot be now (`told` says why). */
  async ask(ask: Ask): Promise<boolean> {
    this.told = [];
    try {
      const view = await send<HomeTold>('do', ask);
      if (!isOut()) this.#take(view);
      return true;
    } catch (error) {
      this.#refused(error);
      return false;
    }
  }

  forget(): void {
    this.told = [];
  }

  #refused(error: unknown): void {
    if (!(error instanceof RefusedError)) this.line = 'lost';
    else if (error.status !== UNAUTHORIZED) this.told = error.told;
  }

  /** Look once more at what was told: another room is shown, or its frame can be checked by now. */
  again(): void {
    if (this.#told && !isOut()) this.view = this.#checked(this.#told);
  }

  #checked({ home, at_ms }: { home: HomeTold; at_ms: number }): HomeView {
    const shown = where.route.page === 'bedside' ? where.route.room : '';
    const wall_ms = Date.now() - (performance.now() - at_ms);
    return this.#trust.checked(home, shown, { mono_ms: at_ms, wall_ms });
  }

  #take(home: HomeTold): void {
    if (isOut()) return;
    const rooms = JSON.stringify(home.rooms.map((room) => [room.room, room.name]));
    if (rooms !== this.#rooms) keep(ROOMS_KEPT, rooms);
    this.#rooms = rooms;
    this.#heardAt_ms = performance.now();
    this.#told = { home, at_ms: this.#heardAt_ms };
    this.view = this.#checked(this.#told);
    this.line = 'open';
    this.heard += 1;
  }

  /** Who we are, and then the socket: one that is refused could not say why. */
  async #open(): Promise<void> {
    if (this.#looking || (this.#socket && this.#socket.readyState <= WebSocket.OPEN)) return;
    clearTimeout(this.#retry);
    this.#looking = true;
    const now = await this.look();
    this.#looking = false;
    if (!now) this.#lost();
    else if (!isOut()) this.#connect();
  }

  #connect(): void {
    // A page cannot give a socket headers, so its address says the language.
    const address = `${api('socket')}?language=${language()}`;
    const socket = new WebSocket(address.replace(/^http/, 'ws'));
    this.#socket = socket;
    this.#heardAt_ms ||= performance.now();
    socket.onmessage = (message) => this.#hear(String(message.data));
    socket.onopen = () => {
      this.#tries = 0;
      this.#heardAt_ms = performance.now();
    };
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      if (code === ENDED) void this.#ended();
      else this.#lost();
    };
  }

  #hear(text: string): void {
    const said: unknown = JSON.parse(text);
    // What a socket refuses it refuses to a screen that is out, and its close says that too.
    if (!faultsIn(said).length) this.#take(said as HomeTold);
  }

  #lost(): void {
    this.#socket = null;
    this.line = 'lost';
    const wait_ms = RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)] ?? 1000;
    this.#tries += 1;
    clearTimeout(this.#retry);
    this.#retry = window.setTimeout(() => void this.#open(), wait_ms);
  }

  /** A socket that is open and says nothing is a hub that is gone, or a tab that slept. */
  #check(): void {
    if (isOut()) return;
    const waits = me.now?.new_home && performance.now() - this.#lookedAt_ms > NEW_HOME_MS;
    if (waits && !this.#looking) void this.look();
    if (!this.#socket) {
      if (document.visibilityState === 'visible') void this.#open();
      return;
    }
    if (this.#socket.readyState === WebSocket.OPEN && this.age_ms() > SILENT_MS) {
      const silent = this.#socket;
      this.#lost();
      silent.close();
    }
  }
}

export const hub = new Hub();
