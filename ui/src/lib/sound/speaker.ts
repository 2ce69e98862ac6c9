// The page as a speaker: a soundscape through its channel, one at a time.

import type { LeaseFrame } from '../types';
import { Channel, HUSH_S } from './channel';
import { FADE_IN_S, gainFor } from './level';
import { sound, type Sounding } from './soundscapes';

/** Whatever goes down because it was told to takes at least this long. Own choice. */
const FADE_OUT_S = 1;
const CROSSFADE_S = 5;

interface Scape {
  what: string;
  gain: GainNode;
  sounding: Sounding;
}

export class Speaker {
  #ctx: AudioContext | null = null;
  #channel: Channel | null = null;
  #scape: Scape | null = null;

  /** Open the sound from inside a touch; browsers allow it nowhere else. */
  open(): AudioContext {
    this.#ctx ??= new AudioContext({ latencyHint: 'playback' });
    this.#channel ??= new Channel(this.#ctx, FADE_IN_S);
    if (this.#ctx.state !== 'running') void this.#ctx.resume();
    return this.#ctx;
  }

  get silentUntilTouched(): boolean {
    return this.#ctx?.state !== 'running';
  }

  /** Where it was opened: what else sounds on this page goes out the same way. */
  get context(): AudioContext | null {
    return this.#ctx;
  }

  /** Be what the frame says, and quiet when it is over. */
  follow(frame: LeaseFrame): void {
    const channel = this.#channel;
    if (!channel) return;
    const target = frame.sound_what ? gainFor(frame.sound_dba) : 0;
    if (target > 0) this.#become(frame.sound_what, channel);
    const ramp_s = Math.max(frame.sound_ramp_s, FADE_OUT_S);
    channel.follow({ target, ramp_s, lease_s: frame.lease_s });
  }

  /** Silence now, whatever was planned. */
  hush(): void {
    this.#channel?.hush();
  }

  close(): void {
    this.hush();
    const ctx = this.#ctx;
    this.#ctx = null;
    this.#channel = null;
    this.#scape = null;
    if (ctx) setTimeout(() => void ctx.close(), HUSH_S * 1000 + 200);
  }

  /** Change the soundscape: at once from silence, else one into the other. */
  #become(what: string, channel: Channel): void {
    const ctx = this.#ctx;
    if (!ctx || this.#scape?.what === what) return;
    const over_s = channel.level > 0 ? CROSSFADE_S : 0.05;
    const gain = ctx.createGain();
    gain.gain.setValueAtTime(0, ctx.currentTime);
    gain.gain.linearRampToValueAtTime(1, ctx.currentTime + over_s);
    gain.connect(channel.door);
    this.#leave(over_s);
    this.#scape = { what, gain, sounding: sound(what, ctx, gain) };
  }

  #leave(over_s: number): void {
    const ctx = this.#ctx;
    const scape = this.#scape;
    if (!ctx || !scape) return;
    scape.gain.gain.cancelScheduledValues(ctx.currentTime);
    scape.gain.gain.setValueAtTime(1, ctx.currentTime);
    scape.gain.gain.linearRampToValueAtTime(0, ctx.currentTime + over_s);
    setTimeout(
      () => {
        scape.sounding.end();
        scape.gain.disconnect();
      },
      over_s * 1000 + 100,
    );
  }
}
