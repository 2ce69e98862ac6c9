import { describe, expect, it } from 'vitest';
import { offered, OFFERED_AT_MOST } from '../src/lib/voices';
import type { VoiceChoice } from '../src/lib/types';
import { sleeper } from './made';

const voice = (id: string, teller_name: string, for_member = 'noor'): VoiceChoice => ({
  id,
  teller_name,
  for_member,
});

describe('the voices a bedside offers', () => {
  it('are few, each with a picture of its own', () => {
    const all = ['Mara', 'Tomás', 'Ana', 'Rui'].map((name, k) => voice(`v${k}`, name));
    const few = offered(all, [sleeper()]);
    expect(few).toHaveLength(OFFERED_AT_MOST);
    expect(new Set(few.map((one) => one.picture)).size).toBe(few.length);
  });

  it('keep a person’s picture from night to night, whoever else is there', () => {
    const alone = offered([voice('v1', 'Mara')], [sleeper()]);
    const newer = offered([voice('v7', 'Mara'), voice('v8', 'Tomás')], [sleeper()]);
    expect(newer[0]?.picture).toBe(alone[0]?.picture);
  });

  it('say for whom only where one person speaks to two', () => {
    const two = [sleeper(), sleeper({ member: 'ilay', name: 'Ilay' })];
    const both = offered([voice('v1', 'Mara'), voice('v2', 'Mara', 'ilay')], two);
    expect(both.map((one) => one.for_name)).toEqual(['Noor', 'Ilay']);
    expect(new Set(both.map((one) => one.picture)).size).toBe(2);
    expect(offered([voice('v1', 'Mara')], two)[0]?.for_name).toBe('');
  });
});
