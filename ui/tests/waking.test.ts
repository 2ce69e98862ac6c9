import { describe, expect, it } from 'vitest';
import type { Me, Morning } from '../src/lib/types';
import { asksForWorries, wakersOf } from '../src/lib/waking';
import { home, sleeper } from './made';

const view = home({
  sleepers: [sleeper(), sleeper({ member: 'ilay', name: 'Ilay' }), sleeper({ member: 'mara', name: 'Mara' })],
}); // prettier-ignore

function me(for_members: string[]): Me {
  return {
    role: 'device', name: '', member: null, room: 'nest', origin: 'plain', rights: ['felt'],
    for_members, new_home: false, expired: false, passkeys: false, locked_at: '',
    fresh_until_utc: null,
  }; // prettier-ignore
}

const morning: Morning = {
  night: '2026-11-20', room: 'The nest', kind: 'told', title: 'Tidepool', simulated: false,
  immersion_min: 0, allowance_min: 20, notes: [],
  members: [
    { member: 'noor', name: 'Noor', plan: { age_months: 53, lights_out: '', wake: '' }, measured: 'not measured', hypnogram: null, movement: null, statistics: [] },
  ],
}; // prettier-ignore

describe('whether a worry is asked for', () => {
  it('once a week: of the night from Saturday to Sunday', () => {
    const week = ['16', '17', '18', '19', '20', '21', '22'].map((day) => `2026-11-${day}`);
    expect(week.filter(asksForWorries)).toEqual(['2026-11-21']);
  });
});

describe('whose morning a screen has', () => {
  it('where it may see none: those it may say it for, and nothing of their night', () => {
    const all = wakersOf(view, me(['noor', 'ilay']), null);
    expect(all.map((one) => one.name)).toEqual(['Noor', 'Ilay']);
    expect(all.every((one) => one.says && one.morning === null && one.one === null)).toBe(true);
  });

  it('where it may see some: those the house gave, and those it may ask of whom nothing was kept', () => {
    const all = wakersOf(view, me(['noor', 'ilay']), [morning]);
    const seen = all.map((one) => [one.name, one.says, one.morning !== null]);
    expect(seen).toEqual([
      ['Noor', true, true],
      ['Ilay', true, false],
    ]);
    expect(wakersOf(view, me(['ilay']), [morning])[0]?.says).toBe(false);
    expect(wakersOf(view, me(['mara']), []).map((one) => [one.name, one.says])).toEqual([
      ['Mara', true],
    ]);
  });

  it('of a guest: nobody’s', () => {
    expect(wakersOf(view, me([]), null)).toEqual([]);
  });
});
