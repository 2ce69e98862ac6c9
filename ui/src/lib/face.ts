// What the bedside shows, from what is true. One face at a time, so that there is one thing to do.
// A stop that was made here holds here, whatever the hub still says.

import type { Act, Light, HomeView, RitualView, RoomView, SleeperView } from './types';
import { msOf } from './time';

export type Face =
  | 'paper'
  | 'early'
  | 'ritual'
  | 'story'
  | 'yours'
  | 'breather'
  | 'quiet'
  | 'paused'
  | 'told'
  | 'stopped'
  | 'asleep'
  | 'called'
  | 'nearly'
  | 'morning';

export interface Here {
  stopped: boolean;
  called: boolean;
  /** Words being read when the house was lost, and nobody's to take away when it is back. */
  reads?: boolean;
}

export function may(room: RoomView, act: Act): boolean {
  return room.can.includes(act);
}

/** Whether everyone who sleeps here has their light out. */
export function allDark(sleepers: SleeperView[]): boolean {
  return sleepers.length > 0 && sleepers.every((one) => one.dark || one.up);
}

const BEFORE_SLEEP: Partial<Record<RoomView['mode'], Face>> = {
  before: 'early',
  waiting: 'ritual',
  paused: 'paused',
  told: 'told',
};

/** The one face of the bedside now. */
export function faceOf(room: RoomView, sleepers: SleeperView[], here: Here): Face {
  if (room.morning === 'yes') return 'morning';
  if (here.called || room.glow) return 'called';
  if (here.stopped || room.mode === 'stopped') return 'stopped';
  if (allDark(sleepers) || room.mode === 'ended') {
    return room.morning === 'nearly' ? 'nearly' : 'asleep';
  }
  if (room.night === '') return 'paper';
  return BEFORE_SLEEP[room.mode] ?? runningFace(room, here.reads ?? false);
}

function runningFace(room: RoomView, reads: boolean): Face {
  if (room.breather) return 'breather';
  if (room.say.length > 0 || room.doors.length > 0) return 'story';
  return reads ? 'yours' : 'quiet';
}

/** Whether the page's own light is the house's to give, or only the agreed night light's. */
export function onlyNightLight(face: Face, sleepers: SleeperView[]): boolean {
  return ONLY_NIGHT_LIGHT.has(face) || allDark(sleepers);
}

const ONLY_NIGHT_LIGHT: ReadonlySet<Face> = new Set(['stopped', 'paused', 'asleep', 'nearly']);

const AWAKE: ReadonlySet<Face> = new Set([
  'ritual',
  'story',
  'yours',
  'breather',
  'quiet',
  'paused',
  'told',
]);

/** Whether the screen is to stay on: until lights-out, and after it only as the agreed night light. */
export function keepsAwake(face: Face, lightLxMedi: number, isNightLight: boolean): boolean {
  return AWAKE.has(face) || (isNightLight && lightLxMedi > 0);
}

/** The ritual of a room: every step its sleepers have, once, in the order the first of them has it. */
export function ritualOf(sleepers: SleeperView[]): RitualView[] {
  const steps = new Map<string, RitualView>();
  for (const step of sleepers.flatMap((one) => one.ritual)) {
    if (!steps.has(step.what)) steps.set(step.what, step);
  }
  return [...steps.values()];
}

/** Who is next to have their light out: the earliest planned who still has it on. */
export function nextOut(sleepers: SleeperView[]): SleeperView | undefined {
  return sleepers
    .filter((one) => !one.dark)
    .sort((a, b) => msOf(a.lights_out) - msOf(b.lights_out))[0];
}

/** How the page may shine; where the hub is gone, never brighter than the hour allows. */
export function lightNow(view: HomeView, connected: boolean, now_ms: number): Light {
  if (connected) return view.light;
  const someoneWinds = view.sleepers.some((one) => msOf(one.wind_down) <= now_ms);
  const someoneSleeps = view.sleepers.every((one) => now_ms < msOf(one.wake));
  return someoneWinds && someoneSleeps ? 'night' : view.light;
}
