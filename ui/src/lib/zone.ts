// The home's zone, as its own times carry it: the device that shows a time may be in another.

const MINUTE_MS = 60_000;

/** Minutes that a time's zone is ahead of UTC; 0 where it says none. */
export function offset_min(time: string): number {
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)$/.exec(time) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** A moment written in the zone of another time. */
export function inZoneOf(time: string, at_ms: number): string {
  const shifted = new Date(at_ms + offset_min(time) * MINUTE_MS).toISOString().slice(0, 19);
  return `${shifted}${/([+-]\d\d:\d\d)$/.exec(time)?.[1] ?? 'Z'}`;
}

/** A moment as the home's walls have it: its clock, its day, and how many days before `now` that is. */
export function homeTime(at_utc: string, now: string): { at: string; day: Date; ago_days: number } {
  const dayOf = (time: string) =>
    new Date(`${inZoneOf(now, Date.parse(time)).slice(0, 10)}T00:00Z`);
  const day = dayOf(at_utc);
  const ago_days = Math.round((dayOf(now).getTime() - day.getTime()) / (24 * 60 * MINUTE_MS));
  return { at: inZoneOf(now, Date.parse(at_utc)).slice(11, 16), day, ago_days };
}
