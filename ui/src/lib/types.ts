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
  | 'skip-wake'
  | 'voice';

/** What a touch at night does, or what came of the last one. */
export type Call = 'nobody' | 'ready' | 'calling' | 'called' | 'lost';

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

/** A voice kept for someone of a room, as its bedside offers it. */
export interface VoiceChoice {
  id: string;
  teller_name: string;
  for_member: string;
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
  voices: VoiceChoice[];
  /** The voice that sounds now, or nothing. */
  playing: string;
  call: Call;
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
  id: string;
  at_utc: string;
  words: string;
  drawing: string;
}

/** A familiar voice that was kept, as its own page lists it. */
export interface VoiceKept {
  id: string;
  teller: string;
  teller_name: string;
  for_member: string;
  for_name: string;
  seconds: number | null;
  made_utc: string;
}

// Who may come in, as `records/access.py` has it.

export type Role = 'guardian' | 'adult' | 'child' | 'guest' | 'device' | 'nobody';
export type Origin = 'here' | 'plain' | 'locked';
export type Right =
  | 'stop'
  | 'evening'
  | 'skip-wake'
  | 'felt'
  | 'mornings'
  | 'dreams-tell'
  | 'dreams-read'
  | 'voices-hear'
  | 'voices-keep'
  | 'screens'
  | 'secrets';
export type ScreenKind = 'member' | 'guest' | 'device';

export interface Me {
  role: Role;
  name: string;
  member: string | null;
  room: string | null;
  origin: Origin;
  rights: Right[];
  for_members: string[];
  new_home: boolean;
  expired: boolean;
  passkeys: boolean;
  locked_at: string;
  /** Until when this screen may make keys to what is its owner's; null: never. */
  fresh_until_utc: string | null;
}

export interface ScreenView {
  id: string;
  kind: ScreenKind;
  member: string | null;
  room: string | null;
  label: string;
  origin: Origin;
  by: string | null;
  /** Who let it in, by name: a child's view has not everyone of the home in it. */
  by_name: string;
  made_utc: string;
  seen_utc: string;
  expires_utc: string;
  this: boolean;
}

export interface InviteView {
  words: string;
  links: string[];
  qr_svg: string;
  expires_utc: string;
}

/** What to let in: one member's own screen, a bedside of a room or of every room, or a guest's. */
export interface Inviting {
  kind: ScreenKind;
  member?: string;
  room?: string;
}

export interface PasskeyView {
  id: string;
  label: string;
  made_utc: string;
}
