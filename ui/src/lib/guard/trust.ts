// What the hub tells, with the guard's word in place of the hub's: a room shines and sounds only as
// the guard signed it. Until that can be checked, and wherever it does not hold, it is dark and quiet.

import type { HomeView, HomeTold, LeaseFrame, LeaseTold, RoomView } from '../types';
import { words } from '../words/index.svelte';
import { learn, pin } from './pin';
import type { Doubt, Listener, Moment } from './word';

export const DARK: LeaseFrame = {
  light_lx_medi: 0,
  light_ramp_s: 3,
  sound_dba: 0,
  sound_ramp_s: 3,
  sound_what: '',
  lease_s: 15,
  seq: 0,
  heard_ms: 0,
};

/** A frame on a crossed way is no news; what goes on for so long is said. Own choice. */
export const SAID_AFTER_MS = 8000;

export class Trust {
  #listener: Listener | null = null;
  #loading: Promise<void> | null = null;
  #loaded: () => void;
  #doubted_ms: number | null = null;
  #why: Doubt = 'unsure';

  /** @param loaded told once frames can be checked */
  constructor(loaded: () => void) {
    this.#loaded = loaded;
  }

  /**
   * The home as it was told, with what each room may really do.
   *
   * @param shown the room whose bedside is open, or nothing: only that one shines, and is checked
   * @param at when it was heard
   */
  checked(told: HomeTold, shown: string, at: Moment): HomeView {
    return { ...told, rooms: told.rooms.map((room) => this.#room(room, room.room === shown, at)) };
  }

  #room(told: HomeTold['rooms'][number], isShown: boolean, at: Moment): RoomView {
    if (!isShown) return { ...told, lease: DARK };
    const lease = this.#lease(told.room, told.lease, at);
    const doubts = this.#doubted_ms !== null && at.mono_ms - this.#doubted_ms >= SAID_AFTER_MS;
    const { distrusts } = words();
    return {
      ...told,
      lease,
      faults: doubts ? [...told.faults, distrusts[this.#why]] : told.faults,
    };
  }

  #lease(room: string, told: LeaseTold, at: Moment): LeaseFrame {
    if (asksNothing(told)) {
      this.#doubted_ms = null;
      return DARK;
    }
    const known = pin();
    if (known && this.#listener) {
      const heard = this.#listener.hear(room, told, known, at);
      if (typeof heard === 'object') {
        this.#doubted_ms = null;
        learn(heard.apart_ms);
        return stillHolds(heard.lease, at.mono_ms);
      }
      this.#why = heard;
    }
    this.#doubted_ms ??= at.mono_ms;
    this.#load();
    return stillHolds(this.#listener?.present(room) ?? DARK, at.mono_ms);
  }

  #load(): void {
    this.#loading ??= import('./word')
      .then(({ Listener }) => {
        this.#listener = new Listener();
        this.#loaded();
      })
      .catch(() => {
        this.#loading = null;
      });
  }
}

/** Darkness needs nobody's word: whoever may withhold a frame may as well ask for it. */
function asksNothing({ signed, light_lx_medi, sound_dba }: LeaseTold): boolean {
  return !signed && light_lx_medi === 0 && sound_dba === 0;
}

function stillHolds(lease: LeaseFrame, now_ms: number): LeaseFrame {
  return now_ms - lease.heard_ms < lease.lease_s * 1000 ? lease : DARK;
}
