// One way to the loudspeaker: what comes in is cut at full scale, faded, and held under the ceiling.
// Each frame's whole way to silence is handed to the audio clock at once and taken back only by the
// next frame, so that a frozen tab or a hub that is gone still goes quiet.

import { planFade, Ramp, valueAt, type Point } from '../fade';
import { CEILING_GAIN } from './level';

/** A stop is heard as quickly as ears find no click in. */
export const HUSH_S = 0.4;

export interface Goal {
  target: number;
  ramp_s: number;
  lease_s: number;
}

export class Channel {
  /** What sounds is connected here. */
  readonly door: AudioNode;
  #ctx: BaseAudioContext;
  #fade: GainNode;
  #points: Point[] = [];
  #planned_s = 0;
  #ramp: Ramp;

  /** @param rise_s the shortest time anything here may come in over */
  constructor(ctx: BaseAudioContext, rise_s: number) {
    const ceiling = ctx.createWaveShaper();
    const fixed = ctx.createGain();
    this.#ctx = ctx;
    this.#fade = ctx.createGain();
    this.#fade.gain.value = 0;
    ceiling.curve = new Float32Array([-1, 1]); // what would pass full scale is cut
    fixed.gain.value = CEILING_GAIN;
    ceiling.connect(this.#fade).connect(fixed).connect(ctx.destination);
    this.door = ceiling;
    this.#ramp = new Ramp(rise_s);
  }

  /** The fade's value now, as it was planned. */
  get level(): number {
    return valueAt(this.#points, this.#ctx.currentTime - this.#planned_s);
  }

  /** Be at the target, and quiet when the lease is over. */
  follow(goal: Goal): void {
    const from = this.level;
    const left_s = this.#ramp.left_s(from, goal, this.#ctx.currentTime);
    this.#plan(planFade(from, goal.target, left_s, goal.lease_s));
  }

  /** Silence now, whatever was planned. */
  hush(): void {
    this.#ramp.forget();
    this.#plan([{ at_s: 0, value: this.level }, { at_s: HUSH_S, value: 0 }]); // prettier-ignore
  }

  #plan(points: Point[]): void {
    const param = this.#fade.gain;
    const now_s = this.#ctx.currentTime;
    param.cancelScheduledValues(now_s);
    param.setValueAtTime(points[0]?.value ?? 0, now_s);
    for (const point of points.slice(1)) {
      param.linearRampToValueAtTime(point.value, now_s + point.at_s);
    }
    this.#points = points;
    this.#planned_s = now_s;
  }
}
