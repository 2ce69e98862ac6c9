// A line from wind-down to wake; everyone shares one clock, so that an eye can compare across rooms.
// The evening gets most of the width and the night the rest: the evening is where people act.

import { msOf } from './time';
import type { HomeView, SleeperView } from './types';

/** Where on the width, from 0 to 1, the night begins. Own choice. */
export const NIGHT_FROM = 0.76;

export interface Scale {
  evening_ms: [number, number];
  night_ms: [number, number];
}

export interface Marks {
  windDown: number;
  story: number | null;
  lightsOut: number;
  wake: number;
}

/** The scale of everyone who is shown. */
export function scaleOf(sleepers: SleeperView[]): Scale {
  const first = Math.min(...sleepers.map((one) => msOf(one.wind_down)));
  const turn = Math.max(...sleepers.map((one) => msOf(one.lights_out)));
  const last = Math.max(...sleepers.map((one) => msOf(one.wake)));
  return { evening_ms: [first, turn], night_ms: [turn, last] };
}

/** A moment's place on the width, from 0 to 1. */
export function placeOf(at_ms: number, scale: Scale): number {
  const [first, turn] = scale.evening_ms;
  const [, last] = scale.night_ms;
  if (at_ms <= turn) return (NIGHT_FROM * Math.max(0, at_ms - first)) / Math.max(1, turn - first);
  const share = (at_ms - turn) / Math.max(1, last - turn);
  return NIGHT_FROM + (1 - NIGHT_FROM) * Math.min(1, share);
}

/** When a sleeper's own story is, or null where the room's begins outside their evening. */
export function storyOf(view: HomeView, sleeper: SleeperView): string | null {
  const begins = view.rooms.find((room) => room.room === sleeper.room)?.begins ?? null;
  if (begins === null) return null;
  const at_ms = msOf(begins);
  const own = at_ms >= msOf(sleeper.wind_down) && at_ms <= msOf(sleeper.lights_out);
  return own ? begins : null;
}

export function marksOf(view: HomeView, sleeper: SleeperView, scale: Scale): Marks {
  const begins = storyOf(view, sleeper);
  return {
    windDown: placeOf(msOf(sleeper.wind_down), scale),
    story: begins ? placeOf(msOf(begins), scale) : null,
    lightsOut: placeOf(msOf(sleeper.lights_out), scale),
    wake: placeOf(msOf(sleeper.wake), scale),
  };
}
