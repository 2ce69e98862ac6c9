// Clock times as the home's own walls show them, and what happens next.
// A time is read from its text, never moved into the zone of the device that shows it.

import type { HomeView, RoomView, SleeperView } from './types';

const MINUTE_MS = 60_000;

/** 18:52 from 2026-11-20T18:52:10+00:00, in the home's own zone. */
export function clockOf(iso: string): string {
  return iso.slice(11, 16);
}

export function msOf(iso: string): number {
  return Date.parse(iso);
}

/** The home's clock some milliseconds after `iso`, still in the home's zone. */
export function clockAfter(iso: string, later_ms: number): string {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(iso);
  const sign = offset?.[1] === '-' ? -1 : 1;
  const offset_min = offset ? sign * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  const shifted = new Date(msOf(iso) + later_ms + offset_min * MINUTE_MS);
  return shifted.toISOString().slice(11, 16);
}

/** Where a language is written as it is here. */
const WRITTEN: Record<string, string> = { en: 'en-GB', pt: 'pt-PT' };

/** A night's date as people say it. */
export function dayOf(date: string, language: string): string {
  const noon = new Date(`${date}T12:00:00Z`);
  const parts = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return noon.toLocaleDateString(WRITTEN[language] ?? language, parts);
}

export interface Next {
  what: string;
  kind: 'step' | 'begins' | 'lights-out' | 'wake';
  who: string[];
  at: string;
  in_min: number;
}

interface Coming {
  what: string;
  kind: Next['kind'];
  who: string;
  at_ms: number;
  offset: string;
}

/** When the evening of a room turns towards sleep for the first of its sleepers; '' for nobody's. */
export function firstWindDown(sleepers: SleeperView[]): string {
  return [...sleepers].sort((a, b) => msOf(a.wind_down) - msOf(b.wind_down))[0]?.wind_down ?? '';
}

/** The steps of a ritual with the time each begins, the first at wind-down. */
export function ritualTimes(sleeper: SleeperView): { what: string; at_ms: number }[] {
  let at_ms = msOf(sleeper.wind_down);
  return sleeper.ritual.map((step) => {
    const begins = { what: step.what, at_ms };
    at_ms += step.takes_min * MINUTE_MS;
    return begins;
  });
}

/** From the story on no step is announced: they lie behind, or what is left is the family's own. */
const ON_ITS_WAY: readonly RoomView['mode'][] = ['running', 'paused', 'told', 'ended'];

function comingFor(sleeper: SleeperView, room: RoomView | undefined): Coming[] {
  const own = { who: sleeper.name, offset: sleeper.wake };
  const steps = ritualTimes(sleeper).map((step): Coming => ({ ...own, ...step, kind: 'step' }));
  const begins = room?.begins
    ? [{ ...own, what: 'story', kind: 'begins' as const, at_ms: msOf(room.begins) }]
    : [];
  const out: Coming = { ...own, what: '', kind: 'lights-out', at_ms: msOf(sleeper.lights_out) };
  const wake: Coming = { ...own, what: '', kind: 'wake', at_ms: msOf(sleeper.wake) };
  if (sleeper.up) return [];
  if (sleeper.dark || room?.mode === 'stopped') return [wake];
  if (room && ON_ITS_WAY.includes(room.mode)) return [out, wake];
  return [...steps, ...begins, out, wake];
}

/** A room whose evening someone ended or holds, and how. */
export interface EndedRoom {
  name: string;
  how: 'stopped' | 'paused' | 'told';
}

/** The rooms where somebody ended the evening or holds it, until their morning. */
export function endedRooms(view: HomeView): EndedRoom[] {
  return view.rooms.flatMap(({ name, mode, morning }) =>
    morning !== 'yes' && (mode === 'stopped' || mode === 'paused' || mode === 'told')
      ? [{ name, how: mode }]
      : [],
  );
}

/** What comes next in this home, or null when the day has it. */
export function nextThing(view: HomeView, now_ms: number): Next | null {
  const all = view.sleepers.flatMap((one) =>
    comingFor(
      one,
      view.rooms.find((room) => room.room === one.room),
    ),
  );
  const ahead = all.filter((one) => one.at_ms > now_ms).sort((a, b) => a.at_ms - b.at_ms);
  const first = ahead[0];
  if (!first) return null;
  const same = ahead.filter(
    (one) => one.at_ms === first.at_ms && one.kind === first.kind && one.what === first.what,
  );
  return {
    what: first.what,
    kind: first.kind,
    who: [...new Set(same.map((one) => one.who))],
    at: clockAfter(first.offset, first.at_ms - msOf(first.offset)),
    in_min: Math.max(1, Math.round((first.at_ms - now_ms) / MINUTE_MS)),
  };
}
