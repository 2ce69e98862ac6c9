// A made-up room and home for tests.
import type { HomeView, RoomView, SleeperView } from '../src/lib/types';

export function sleeper(more: Partial<SleeperView> = {}): SleeperView {
  return {
    member: 'noor',
    name: 'Noor',
    room: 'nest',
    wind_down: '2026-11-20T18:45:00+00:00',
    lights_out: '2026-11-20T19:45:00+00:00',
    wake: '2026-11-21T07:00:00+00:00',
    reasons: [],
    ritual: [
      { what: 'bath', takes_min: 15 },
      { what: 'teeth', takes_min: 5 },
    ],
    dark: false,
    up: false,
    child: true,
    ...more,
  };
}

export function room(more: Partial<RoomView> = {}): RoomView {
  return {
    room: 'nest',
    name: 'The nest',
    night: '2026-11-20/nest',
    kind: 'immersive',
    title: 'Tidepool',
    begins: '2026-11-20T19:25:00+00:00',
    mode: 'waiting',
    scene: '',
    breather: false,
    say: [],
    doors: [],
    can: [],
    glow: false,
    morning: 'not-yet',
    lease: {
      light_lx_medi: 0,
      light_ramp_s: 0,
      sound_dba: 0,
      sound_ramp_s: 0,
      sound_what: '',
      lease_s: 15,
      seq: 0,
      heard_ms: 0,
    },
    immersed_min: 0,
    allowance_min: 20,
    faults: [],
    wake_skipped: false,
    voices: [],
    playing: '',
    call: 'ready',
    ...more,
  };
}

export function home(more: Partial<HomeView> = {}): HomeView {
  return {
    now: '2026-11-20T18:37:00+00:00',
    household: 'A made-up home',
    night: '2026-11-20',
    light: 'dusk',
    simulated: true,
    sleepers: [sleeper()],
    rooms: [room()],
    conflicts: [],
    ...more,
  };
}
