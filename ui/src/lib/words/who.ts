// Whose screen this is, and which day something was, as people say it.

import { homeTime } from '../zone';
import type { HomeView, Me } from '../types';
import type { Catalogue } from './en';

export function whoIsHere(w: Catalogue, now: Me, view: HomeView | null): string {
  if (now.role === 'guest') return w.whoGuest;
  if (now.role !== 'device') return w.whoMember(now.name);
  const room = view?.rooms.find((one) => one.room === now.room);
  return w.whoDevice(room?.name ?? now.room ?? '');
}

/** The day and the hour of a moment in the home's own zone. */
export function timeWords(w: Catalogue, at_utc: string, now: string): string {
  return w.dayAt(dayWords(w, at_utc, now), homeTime(at_utc, now).at);
}

/** The day of a moment in the home's own zone: today, yesterday, or its date. */
export function dayWords(w: Catalogue, at_utc: string, now: string): string {
  const { day, ago_days } = homeTime(at_utc, now);
  const date = day.toLocaleDateString(w.dates, { day: 'numeric', month: 'long', timeZone: 'UTC' });
  return w.dayAgo(ago_days, date);
}
