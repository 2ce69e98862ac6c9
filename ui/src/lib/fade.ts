// A lease as a line of values over time, ending at nothing. Pure, so that light and sound share it
// and a frozen tab keeps it: the whole line is handed over before anything can go wrong.

/** Full seconds from now, and the value there. */
export interface Point {
  at_s: number;
  value: number;
}

/** The last stretch of a lease fades; on a short one the fade begins half-way. Own choice. */
export const FADE_S = 20;

export function fadeBegins_s(lease_s: number): number {
  return Math.max(lease_s / 2, lease_s - FADE_S);
}

/**
 * From what it is now to the target, held, and down to nothing when the lease is over.
 *
 * A ramp longer than the lease gets as far as it may and goes down from there.
 */
export function planFade(now: number, target: number, ramp_s: number, lease_s: number): Point[] {
  const turn_s = fadeBegins_s(lease_s);
  if (ramp_s >= turn_s) {
    const reached = now + ((target - now) * turn_s) / ramp_s;
    return [
      { at_s: 0, value: now },
      { at_s: turn_s, value: reached },
      { at_s: lease_s, value: 0 },
    ];
  }
  return [
    { at_s: 0, value: now },
    { at_s: ramp_s, value: target },
    { at_s: turn_s, value: target },
    { at_s: lease_s, value: 0 },
  ];
}

/** As slowly as the house lets any light rise at night, and a sound fade (`safety/limits.py`). */
const RAMP_MIN_S = { light: 10, sound: 5 };

/**
 * A frame of a made-up evening: its ramps are the night's seconds, of which `pace` pass in one here.
 * The pace is the hub's word and not the guard's, so it hurries nothing below the house's own limits.
 */
export function atPace<F extends { light_ramp_s: number; sound_ramp_s: number }>(
  frame: F,
  pace: number,
): F {
  if (!(pace > 1)) return frame;
  const paced = (ramp_s: number, min_s: number) => Math.min(ramp_s, Math.max(min_s, ramp_s / pace));
  return {
    ...frame,
    light_ramp_s: paced(frame.light_ramp_s, RAMP_MIN_S.light),
    sound_ramp_s: paced(frame.sound_ramp_s, RAMP_MIN_S.sound),
  };
}

/** The value of a planned line some seconds in. */
export function valueAt(points: Point[], at_s: number): number {
  const last = points[points.length - 1];
  if (!last) return 0;
  const next = points.findIndex((point) => point.at_s > at_s);
  if (next < 0) return last.value;
  const to = points[next];
  const from = points[next - 1];
  if (!to || !from) return to?.value ?? 0;
  return from.value + ((to.value - from.value) * (at_s - from.at_s)) / (to.at_s - from.at_s);
}

/**
 * How long a change still takes: a renewal goes on with its ramp, and nothing ever rises at once,
 * neither after a renewal that came late nor when a hub is back.
 */
export class Ramp {
  #target = 0;
  #ends_s = 0;
  #lapses_s = 0;

  /** @param rise_s the shortest time anything may rise in */
  constructor(readonly rise_s: number) {}

  /** Seconds of the ramp still to come, from what it is now. */
  left_s(from: number, to: { target: number; ramp_s: number; lease_s: number }, now_s: number) {
    const ends_s = now_s + to.ramp_s;
    const anew = to.target !== this.#target || now_s > this.#lapses_s;
    // A stop on the way to the same dark hurries the fade; a renewal only says it again.
    if (anew || (to.target < from && ends_s < this.#ends_s)) this.#ends_s = ends_s;
    this.#target = to.target;
    this.#lapses_s = now_s + to.lease_s;
    const left_s = Math.max(0, this.#ends_s - now_s);
    return to.target > from * NEARLY ? Math.max(left_s, this.rise_s) : left_s;
  }

  forget(): void {
    this.#lapses_s = 0;
  }
}

/** A rise of less than this is none that anyone could notice. Own choice. */
const NEARLY = 1.02;
