// What a screen keeps of someone goes with them; what is the device's own stays.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetOwn, keep, kept } from '../src/lib/keep';

beforeEach(() => {
  const held: Record<string, string> = {};
  const store = {
    getItem: (key: string) => held[key] ?? null,
    setItem: (key: string, value: string) => void (held[key] = value),
    removeItem: (key: string) => void delete held[key],
  };
  vi.stubGlobal(
    'localStorage',
    new Proxy(store, {
      ownKeys: () => Object.keys(held),
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    }),
  );
  keep('felt-2026-11-20-noor', 'rough');
  keep('felt-waiting', '{"noor":"rough"}');
  keep('rooms', '[["nest","the nest"]]');
  keep('language', 'pt');
  keep('night-light', 'yes');
  localStorage.setItem('another-page', 'its own');
});

afterEach(() => vi.unstubAllGlobals());

describe('signing out', () => {
  it('leaves nothing of anybody', () => {
    forgetOwn();
    expect(['felt-2026-11-20-noor', 'felt-waiting', 'rooms'].map(kept)).toEqual([null, null, null]);
    expect([kept('language'), kept('night-light')]).toEqual(['pt', 'yes']);
    expect(localStorage.getItem('another-page')).toBe('its own');
  });

  it('keeps what a screen whose time is over still stops by', () => {
    forgetOwn(['rooms']);
    expect(kept('felt-2026-11-20-noor')).toBeNull();
    expect(kept('rooms')).toBe('[["nest","the nest"]]');
  });

  it('is no trouble where nothing can be kept', () => {
    vi.stubGlobal('localStorage', undefined);
    expect(() => forgetOwn()).not.toThrow();
  });
});
