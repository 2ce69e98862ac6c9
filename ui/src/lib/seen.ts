// What guardians did or asked from screens elsewhere, as it is shown to whoever is there.

import { keep, kept } from './keep';
import { clockOf } from './time';
import type { ActView, HomeView } from './types';
import type { Catalogue } from './words/en';

const WAVED = 'waved';
const WAVED_MAX = 20;

/** The latest that is to be seen in a room: an invitation that was waved away is gone. */
export function latest(acts: readonly ActView[], waved: readonly string[]): ActView | undefined {
  return acts.filter((one) => !waved.includes(one.id)).at(-1);
}

/** One act in words. */
export function sentenceOf({ act, by_name, elsewhere, at }: ActView, w: Catalogue): string {
  if (act === 'invite') return w.actInvite(by_name);
  const said = act === 'release' ? w.actRelease : w.actQuiet;
  return said(by_name, elsewhere, clockOf(at));
}

/** Everything done or asked tonight, a sentence each; what was for every room stands once. */
export function actsTonight(view: HomeView, w: Catalogue): string[] {
  const found = view.rooms.flatMap((room) =>
    (room.acts ?? []).map((one) => ({ ...one, room: room.name })),
  );
  const said = found.map((one) => {
    const sentence = sentenceOf(one, w);
    return one.act === 'release' || view.rooms.length === 1
      ? sentence
      : w.actInRoom(one.room, sentence);
  });
  return [...new Set(said)];
}

/** The invitations that were waved away here. Nobody hears of it. */
export function wavedAway(): string[] {
  try {
    const found: unknown = JSON.parse(kept(WAVED) ?? '[]');
    return Array.isArray(found) ? found.map(String) : [];
  } catch {
    return [];
  }
}

export function wave(id: string): string[] {
  const waved = [...wavedAway(), id].slice(-WAVED_MAX);
  keep(WAVED, JSON.stringify(waved));
  return waved;
}
