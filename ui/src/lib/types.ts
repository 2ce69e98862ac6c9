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
  /** When this page heard it, by its own seconds: its age is measured from there. */
  heard_ms: number;
}

/** A frame as the hub tells it: the guard's own word, signed, and what the hub makes of it. */
export interface LeaseTold extends Omit<LeaseFrame, 'heard_ms'> {
  signed?: string;
  signature?: string;
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
  /** What to do about what an adult noted; nothing for whom it is not. */
  worry?: string;
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
  /** Safe-sleep guidance, where someone under a year sleeps. */
  guidance?: string[];
  wake_skipped: boolean;
  /** What guardians did or asked here tonight from screens elsewhere. */
  acts?: ActView[];
  voices: VoiceChoice[];
  /** The voice that sounds now, or nothing. */
  playing: string;
  call: Call;
  /** Something went wrong before anyone slept, and who looks here may begin anew. */
  broke_off?: boolean;
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
  /** The night's seconds in one of ours: more than 1 only where the hour is made up. */
  pace?: number;
}

/** The home as the hub tells it, before the guard's word was looked at (`guard/trust.ts`). */
export interface HomeTold extends Omit<HomeView, 'rooms'> {
  rooms: (Omit<RoomView, 'lease'> & { lease: LeaseTold })[];
}

// A guardian's acts, as `records/act.py` has them: none makes anything brighter or louder.

export type ActKind = 'quiet' | 'release' | 'invite';

export interface ActView {
  id: string;
  act: ActKind;
  by_name: string;
  at: string;
  elsewhere: boolean;
}

export interface RoomAnswer {
  room: string;
  name: string;
  outcome: 'quiet' | 'stopped' | 'told' | 'waits';
  /** Lamps and speakers that did not answer. */
  silent: string[];
}

export interface ActAnswer {
  act: ActKind;
  rooms: RoomAnswer[];
}

/** That a call for help was heard, and whose phones are being told. */
export interface HelpTold {
  called: boolean;
  told: string[];
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
  | 'help'
  | 'reboot'
  | 'evening'
  | 'skip-wake'
  | 'felt'
  | 'mornings'
  | 'dreams-tell'
  | 'dreams-read'
  | 'voices-hear'
  | 'voices-keep'
  | 'screens'
  | 'secrets'
  | 'worries'
  | 'acts';
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
  /** What this screen signs its acts with; no secret. */
  screen?: string | null;
  /** Whether it reached the house from outside. */
  elsewhere?: boolean;
  /** The public key the house knows it by, or nothing. */
  acts_key?: string;
  /** What the guard's word is checked with; nothing for a stranger, or from an older hub. */
  guard_key?: string;
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
