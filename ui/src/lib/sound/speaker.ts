// The page as a speaker: soundscape → ceiling → fade → fixed gain → out.
// Each frame's whole way to silence is handed to the audio clock at once and taken back only by the
// next frame, so that a frozen tab or a hub that is gone still goes quiet.

import { planFade, Ramp, valueAt, type Point } from '../fade';
import type { LeaseFrame } from '../types';
import { CEILING_GAIN, FADE_IN_S, gainFor } from './level';
import { sound, type Sounding } from './soundscapes';

/** A stop is heard as quickly as ears find no click in. */
const HUSH_S = 0.4;
/** Whatever goes down because it was told to takes at least this long. Own choice. */
const FADE_OUT_S = 1;
const CROSSFADE_S = 5;

interface Voice {
  what: string;
  gain: GainNode;
  sounding: Sounding;
}

export class Speaker {
  #ctx: AudioContext | null = null;
  #fade: GainNode | null = null;
  #door: AudioNode | null = null;
  #voice: Voice | null = null;
  #points: Point[] = [];
  #planned_s = 0;
  #ramp = new Ramp(FADE_IN_S);

  /** Open the sound from inside a touch; browsers allow it nowhere else. */
  open(): void {
    this.#ctx ??= this.#build(new AudioContext({ latencyHint: 'playback' }));
    if (this.#ctx.state !== 'running') void this.#ctx.resume();
  }

  get silentUntilTouched(): boolean {
    return this.#ctx?.state !== 'running';
  }

  /** Be what the frame says, and quiet when it is over. */
  follow(frame: LeaseFrame): void {
    const { currentTime: now_s } = this.#ctx ?? { currentTime: 0 };
    if (!this.#ctx) return;
    const target = frame.sound_what ? gainFor(frame.sound_dba) : 0;
    const from = this.#level(now_s);
    if (target > 0) this.#become(frame.sound_what, from);
    const { lease_s } = frame;
    const ramp_s = Math.max(frame.sound_ramp_s, FADE_OUT_S);
    const left_s = this.#ramp.left_s(from, { target, ramp_s, lease_s }, now_s);
    this.#plan(planFade(from, target, left_s, lease_s), now_s);
  }

  /** Silence now, whatever was planned. */
  hush(): void {
    if (!this.#ctx) return;
    const now_s = this.#ctx.currentTime;
    const from = this.#level(now_s);
    this.#ramp.forget();
    this.#plan([{ at_s: 0, value: from }, { at_s: HUSH_S, value: 0 }], now_s); // prettier-ignore
  }

  close(): void {
    this.hush();
    const ctx = this.#ctx;
    this.#ctx = null;
    this.#voice = null;
    if (ctx) setTimeout(() => void ctx.close(), HUSH_S * 1000 + 200);
  }

  #build(ctx: AudioContext): AudioContext {
    const fade = ctx.createGain();
    const ceiling = ctx.createWaveShaper();
    const fixed = ctx.createGain();
    fade.gain.value = 0;
    ceiling.curve = new Float32Array([-1, 1]); // what would pass full scale is cut
    fixed.gain.value = CEILING_GAIN;
    ceiling.connect(fade).connect(fixed).connect(ctx.destination);
    this.#fade = fade;
    this.#door = ceiling;
    return ctx;
  }

  #level(now_s: number): number {
    return valueAt(this.#points, now_s - this.#planned_s);
  }

  #plan(points: Point[], now_s: number): void {
    const param = this.#fade?.gain;
    if (!param) return;
    param.cancelScheduledValues(now_s);
    param.setValueAtTime(points[0]?.value ?? 0, now_s);
    for (const point of points.slice(1)) {
      param.linearRampToValueAtTime(point.value, now_s + point.at_s);
    }
    this.#points = points;
    this.#planned_s = now_s;
  }

  /** Change the soundscape: at once from silence, else one into the other. */
  #become(what: string, from: number): void {
    const ctx = this.#ctx;
    if (!ctx || !this.#door || this.#voice?.what === what) return;
    const over_s = from > 0 ? CROSSFADE_S : 0.05;
    const gain = ctx.createGain();
    gain.gain.setValueAtTime(0, ctx.currentTime);
    gain.gain.linearRampToValueAtTime(1, ctx.currentTime + over_s);
    gain.connect(this.#door);
    this.#leave(over_s);
    this.#voice = { what, gain, sounding: sound(what, ctx, gain) };
  }

  #leave(over_s: number): void {
    const ctx = this.#ctx;
    const voice = this.#voice;
    if (!ctx || !voice) return;
    voice.gain.gain.cancelScheduledValues(ctx.currentTime);
    voice.gain.gain.setValueAtTime(1, ctx.currentTime);
    voice.gain.gain.linearRampToValueAtTime(0, ctx.currentTime + over_s);
    setTimeout(
      () => {
        voice.sounding.end();
        voice.gain.disconnect();
      },
      over_s * 1000 + 100,
    );
  }
}
