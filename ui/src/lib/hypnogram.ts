// A night as steps, in the field's order from the top: W, R, N1, N2, N3. Gaps stay gaps.
// A child's night is never drawn in stages: still, moving, or not measured.

import type { MemberMorning, Stage } from './types';

const ADULT_MONTHS = 18 * 12;

export const ROWS = ['W', 'R', 'N1', 'N2', 'N3'] as const;
const ROW_OF: Record<Stage, number> = { W: 0, R: 1, N1: 2, N2: 3, S: 3, N3: 4 };

export interface Run {
  from: number;
  to: number;
  row: number;
  rem: boolean;
}

/** Runs of one stage each, as epochs from the start; what nobody could score is left out. */
export function runsOf(stages: (Stage | null)[]): Run[] {
  const runs: Run[] = [];
  stages.forEach((stage, at) => {
    if (stage === null) return;
    const row = ROW_OF[stage];
    const last = runs[runs.length - 1];
    if (last && last.to === at && last.row === row) last.to = at + 1;
    else runs.push({ from: at, to: at + 1, row, rem: stage === 'R' });
  });
  return runs;
}

/** Stretches of movement, as epochs from the start. */
export function movingRuns(moving: (boolean | null)[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  moving.forEach((is, at) => {
    if (!is) return;
    const last = runs[runs.length - 1];
    if (last && last.to === at) last.to = at + 1;
    else runs.push({ from: at, to: at + 1 });
  });
  return runs;
}

export type Picture =
  | { kind: 'stages'; runs: Run[]; epochs: number; epoch_s: number; start: string; source: string }
  | {
      kind: 'movement';
      runs: { from: number; to: number }[];
      epochs: number;
      epoch_s: number;
      start: string;
      source: string;
    };

/** What may be drawn of someone's night, or null where nothing was measured. */
export function pictureOf(one: MemberMorning): Picture | null {
  const child = one.plan.age_months < ADULT_MONTHS;
  if (one.hypnogram && !child) {
    const { stages, epoch_s, start, source } = one.hypnogram;
    return { kind: 'stages', runs: runsOf(stages), epochs: stages.length, epoch_s, start, source };
  }
  if (!one.movement) return null;
  const { moving, epoch_s, start, source } = one.movement;
  const runs = movingRuns(moving);
  return { kind: 'movement', runs, epochs: moving.length, epoch_s, start, source };
}
