// What the hub says and hears, field for field as `records/view.py` and `records/insight.py` have it.
// Unknown fields may come and are left alone; the ones named here never lack.

export type Light = 'dusk' | 'night' | 'dawn';
export type Mode = 'before' | 'waiting' | 'running' | 'paused' | 'told' | 'stopped' | 'ended';
export type Almost = 'not-yet' | 'nearly' | 'yes';
export type Act =
  | 'begin'
  | 'stop'
  | 'no'
  | 'pause'
  | 'resume'
  | 'touch'
  | 'choose'
  | 'lights-out'
  | 'up'
  | 'skip-wake';

export interface LeaseFrame {
  light_lx_medi: number;
  light_ramp_s: number;
  sound_dba: number;
  sound_ramp_s: number;
  sound_what: string;
  lease_s: number;
  seq: number;
}

export interface Door {
  id: string;
  label: string;
}

export interface RitualView {
  what: string;
  takes_min: number;
}

export interface SleeperView {
  member: string;
  name: string;
  room: string;
  wind_down: string;
  lights_out: string;
  wake: string;
  reasons: string[];
  ritual: RitualView[];
  dark: boolean;
  up: boolean;
  child: boolean;
}

export interface RoomView {
  room: string;
  name: string;
  night: string;
  kind: string;
  title: string;
  begins: string | null;
  mode: Mode;
  scene: string;
  breather: boolean;
  say: string[];
  doors: Door[];
  can: Act[];
  glow: boolean;
  morning: Almost;
  lease: LeaseFrame;
  immersed_min: number;
  allowance_min: number;
  faults: string[];
  wake_skipped: boolean;
}

export interface HomeView {
  now: string;
  household: string;
  night: string;
  light: Light;
  simulated: boolean;
  sleepers: SleeperView[];
  rooms: RoomView[];
  conflicts: string[];
}

export interface Ask {
  do: Act;
  room: string;
  member?: string;
  door?: string;
}

export interface Fault {
  found: string;
  place: unknown;
  expected: string;
  mend: string;
}

export type Stage = 'W' | 'N1' | 'N2' | 'N3' | 'R' | 'S';

export interface Hypnogram {
  start: string;
  epoch_s: number;
  stages: (Stage | null)[];
  source: string;
}

export interface MovementTrack {
  start: string;
  epoch_s: number;
  moving: (boolean | null)[];
  source: string;
}

export interface Statistic {
  name: string;
  value: number | null;
  unit: string;
  words: string;
  source: string;
}

export interface MemberMorning {
  member: string;
  name: string;
  plan: { age_months: number; lights_out: string; wake: string };
  measured: string;
  hypnogram: Hypnogram | null;
  movement: MovementTrack | null;
  statistics: Statistic[];
}

export interface Morning {
  night: string;
  room: string;
  kind: string;
  title: string;
  simulated: boolean;
  immersion_min: number;
  allowance_min: number;
  members: MemberMorning[];
  notes: string[];
}

export type Felt = 'rough' | 'all-right' | 'good';

export interface Dream {
  at_utc: string;
  words: string;
  drawing: string;
}
