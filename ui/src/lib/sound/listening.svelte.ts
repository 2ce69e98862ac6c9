// Listening back to a voice in the daytime: through the same ceiling as at night, one at a time.

import { Recording } from './recording';

/** Like quiet talk beside one, under the assumptions of `level.ts`. Own choice. */
const LISTEN_DBA = 45;
/** Beyond the end, so that no fade begins before it. */
const BEYOND_S = 25;

export class Listening {
  /** What is heard now, by the name it was given; nothing where it is quiet. */
  what = $state('');
  #ctx: AudioContext | null = null;
  #recording: Recording | null = null;

  /** From inside a touch: browsers open sound nowhere else. */
  open(): void {
    this.#ctx ??= new AudioContext();
    this.#recording ??= new Recording(this.#ctx);
    if (this.#ctx.state !== 'running') void this.#ctx.resume();
  }

  hear(what: string, buffer: AudioBuffer): void {
    this.what = what;
    this.#recording?.begin(buffer, () => (this.what = ''));
    this.#recording?.follow(LISTEN_DBA, buffer.duration + BEYOND_S);
  }

  hush(): void {
    this.what = '';
    this.#recording?.hush();
  }

  close(): void {
    this.hush();
    const ctx = this.#ctx;
    this.#ctx = this.#recording = null;
    if (ctx) setTimeout(() => void ctx.close(), 1000);
  }
}
