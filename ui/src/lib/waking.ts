// Whose morning a screen may show or ask for. Pure.

import type { HomeView, Me, MemberMorning, Morning } from './types';

const SATURDAY = 6;

/** Worries are asked for once a week, of the night from Saturday to Sunday; the way is always there. */
export function asksForWorries(night: string): boolean {
  return new Date(`${night}T12:00:00Z`).getUTCDay() === SATURDAY;
}

/** Someone who slept, as far as this screen knows. */
export interface Waker {
  member: string;
  name: string;
  /** True where this screen may say for them how it was. */
  says: boolean;
  morning: Morning | null;
  one: MemberMorning | null;
}

/**
 * Everyone this screen may show a morning to, or ask for one.
 *
 * @param mornings what the house gave; null where this screen may see none and only asks.
 */
export function wakersOf(view: HomeView, me: Me, mornings: Morning[] | null): Waker[] {
  if (mornings === null) {
    return view.sleepers
      .filter(({ member }) => me.for_members.includes(member))
      .map(({ member, name }) => ({ member, name, says: true, morning: null, one: null }));
  }
  const slept = mornings.flatMap((morning) =>
    morning.members.map((one) => ({
      member: one.member,
      name: one.name,
      says: me.for_members.includes(one.member),
      morning,
      one,
    })),
  );
  // Of whom nothing was kept: asked all the same, as a bedside asks.
  const others = wakersOf(view, me, null).filter(({ member }) => !slept.some((one) => one.member === member)); // prettier-ignore
  return [...slept, ...others];
}
