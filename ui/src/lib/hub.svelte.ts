// The line to the hub: a socket that tells the whole each time, and a plain request where it is down.
// Whatever is lost, the page knows since when, and goes on with what it was last told.

import type { Ask, Fault, HomeView } from './types';

export type Line = 'starting' | 'open' | 'lost';

const SILENT_MS = 12_000; // the hub speaks at least every 5 s
const RETRY_MS = [1000, 2000, 4000, 8000];
const PAGE = { 'X-Evenfall': 'page', 'Content-Type': 'application/json' };

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

export async function send<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(api(path), {
    method: 'POST',
    headers: PAGE,
    body: JSON.stringify(body),
  });
  const said: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw new RefusedError(answer.status, faultsIn(said));
  return said as T;
}

export async function read<T>(path: string): Promise<T> {
  const answer = await fetch(api(path), { headers: PAGE });
  const said: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw new RefusedError(answer.status, faultsIn(said));
  return said as T;
}

export class Hub {
  view = $state.raw<HomeView | null>(null);
  line = $state<Line>('starting');
  told = $state.raw<string[]>([]);
  /** Rises with every view, so that a renewal without a change is noticed too. */
  heard = $state(0);

  #socket: WebSocket | null = null;
  #tries = 0;
  #heardAt_ms = 0;
  #watch = 0;
  #retry = 0;

  start(): void {
    this.#open();
    this.#watch = window.setInterval(() => this.#check(), 2000);
    addEventListener('online', () => this.#open());
    document.addEventListener('visibilitychange', () => this.#check());
    void read<HomeView>('home').then(
      (view) => this.#take(view),
      (error: unknown) => this.#refused(error),
    );
  }

  stop(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    this.#socket?.close();
  }

  /** Milliseconds since the hub last spoke. */
  age_ms(): number {
    return performance.now() - this.#heardAt_ms;
  }

  /** Ask for something. False where nobody heard it, or it cannot be now (`told` says why). */
  async ask(ask: Ask): Promise<boolean> {
    this.told = [];
    try {
      this.#take(await send<HomeView>('do', ask));
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
    if (error instanceof RefusedError) this.told = error.told;
    else this.line = 'lost';
  }

  #take(view: HomeView): void {
    this.view = view;
    this.line = 'open';
    this.heard += 1;
    this.#heardAt_ms = performance.now();
  }

  #open(): void {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.#retry);
    const socket = new WebSocket(api('socket').replace(/^http/, 'ws'));
    this.#socket = socket;
    this.#heardAt_ms ||= performance.now();
    socket.onmessage = (message) => this.#hear(String(message.data));
    socket.onopen = () => {
      this.#tries = 0;
      this.#heardAt_ms = performance.now();
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lost();
    };
  }

  #hear(text: string): void {
    const said: unknown = JSON.parse(text);
    const faults = faultsIn(said);
    if (faults.length) this.told = faults;
    else this.#take(said as HomeView);
  }

  #lost(): void {
    this.#socket = null;
    this.line = 'lost';
    const wait_ms = RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)] ?? 1000;
    this.#tries += 1;
    clearTimeout(this.#retry);
    this.#retry = window.setTimeout(() => this.#open(), wait_ms);
  }

  /** A socket that is open and says nothing is a hub that is gone, or a tab that slept. */
  #check(): void {
    if (!this.#socket) {
      if (document.visibilityState === 'visible') this.#open();
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
