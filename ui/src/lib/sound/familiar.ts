// A familiar voice at night: fetched in the evening, so that at two in the morning it is simply there.
// It sounds only where the frame says so, never by itself, and ends with the frame.

import type { LeaseFrame } from '../types';
import { voiceBytes } from '../voices';
import { decoded, Recording } from './recording';

/** What could not be fetched is asked for again after this long. Own choice. */
const AGAIN_MS = 20_000;

export class FamiliarVoice {
  #kept = new Map<string, ArrayBuffer>();
  #asked = new Map<string, number>();
  #read = new Map<string, Promise<AudioBuffer>>();
  #recording: Recording | null = null;
  #ctx: AudioContext | null = null;
  #id = '';
  #failed: () => void;

  /** @param failed told when a voice is to be heard and cannot be */
  constructor(failed: () => void) {
    this.#failed = failed;
  }

  /** Have these here, and no others: one that was taken away is gone from this page too. */
  have(ids: string[]): void {
    for (const id of this.#kept.keys()) {
      if (ids.includes(id)) continue;
      this.#kept.delete(id);
      this.#read.delete(id);
    }
    for (const id of ids) if (!this.#kept.has(id)) void this.#fetch(id);
  }

  /** Read them now, before one is asked for: a slow machine takes a moment. */
  warm(): void {
    for (const id of this.#kept.keys()) void this.#buffer(id).catch(() => undefined);
  }

  /** It was asked for again: what is over begins anew. */
  again(): void {
    if (!this.#recording?.isSounding) this.#id = '';
  }

  /** Say this voice at the frame's level, and be quiet when the frame is over. */
  follow(ctx: AudioContext | null, frame: LeaseFrame, id: string): void {
    if (!ctx) return;
    if (this.#ctx !== ctx) {
      this.#ctx = ctx;
      this.#recording = new Recording(ctx);
    }
    if (id && id !== this.#id) void this.#begin(id);
    this.#id = id;
    this.#recording?.follow(id ? frame.sound_dba : 0, frame.lease_s);
  }

  hush(): void {
    this.#id = '';
    this.#recording?.hush();
  }

  async #begin(id: string): Promise<void> {
    try {
      const buffer = await this.#buffer(id);
      if (this.#id === id) this.#recording?.begin(buffer);
    } catch {
      if (this.#id === id) this.#failed();
    }
  }

  #buffer(id: string): Promise<AudioBuffer> {
    const before = this.#read.get(id);
    if (before) return before;
    const reading = this.#bytes(id).then(decoded);
    reading.catch(() => this.#read.delete(id));
    this.#read.set(id, reading);
    return reading;
  }

  async #bytes(id: string): Promise<ArrayBuffer> {
    return this.#kept.get(id) ?? voiceBytes(id);
  }

  async #fetch(id: string): Promise<void> {
    const now_ms = performance.now();
    if (now_ms - (this.#asked.get(id) ?? -AGAIN_MS) < AGAIN_MS) return;
    this.#asked.set(id, now_ms);
    try {
      this.#kept.set(id, await voiceBytes(id));
    } catch {
      // The next view asks again; at night the sentence beside the button says it if it must.
    }
  }
}
