// What a bedside does: follows the room, reads at its reader's pace, and gets out of the way.
// A stop, a touch and the dark are this page's own: they happen before the hub has answered.
// A voice is the house's to give: it sounds only while the frame says so, and only if asked for.

import { onDestroy, untrack } from 'svelte';
import { allDark, faceOf, keepsAwake, may, onlyNightLight } from './face';
import { planFade, Ramp, type Point } from './fade';
import { hub } from './hub.svelte';
import { keep, kept } from './keep';
import { isOut, me } from './me.svelte';
import { EMBER_MAX_LX_MEDI, emberOpacity } from './light';
import { FamiliarVoice } from './sound/familiar';
import { Speaker } from './sound/speaker';
import type { Act, HomeView, LeaseFrame, RoomView } from './types';
import { offered, OFFERED_AT_MOST, type Offered } from './voices';
import { stayAwake } from './wake-lock';

/** What the house calls a familiar voice where a soundscape would be named. */
const VOICE = 'voice';
const SILENT: Partial<LeaseFrame> = { sound_what: '', sound_dba: 0 };
const STOP_AGAIN_MS = 3000;
/** A touch at night is answered here for this long, whether or not the hub hears it. */
const CALLED_S = 45;
/** The last tap of a stop, and one more out of haste, are no new call. Own choice. */
const REST_MS = 1000;
/** The one level of that answer, by this page alone and with the house: no second rise follows. */
const CALLED_LX_MEDI = Math.min(0.08, EMBER_MAX_LX_MEDI);
/** As slowly as the house lets any light rise at night (`safety/limits.py`). */
const CALLED_RISE_S = 10;
const DARK_S = 1;
/** Light never rises faster than this on a page. */
const LIGHT_RISE_S = 2;

/** A part of the story: which one it is, and its words. */
interface Part {
  id: string;
  night: string;
  say: string[];
}

interface Given {
  view: HomeView;
  room: RoomView;
}

export class Bedside {
  #given: () => Given;
  #speaker = new Speaker();
  #voice = new FamiliarVoice(() => (this.voiceFailed = true));
  #light = new Ramp(LIGHT_RISE_S);
  /** What the house last had this page shine, apart from any answer. */
  #lit = 0;
  #again = 0;
  #calm = 0;
  #stoppedAt_ms = -REST_MS;

  /** How far each part has been read, so that a breather gives the story back where it was. */
  #read = $state<Record<string, number>>({});
  /** What was being read when the house was lost, until it tells on. */
  #left = $state.raw<Part | null>(null);
  called = $state(false);
  /** What answers a touch at night, until a stop here ends it. */
  #answering = $state(true);
  /** Someone's voice was asked for and cannot be heard on this screen. */
  voiceFailed = $state(false);
  #stoppedNight = $state(kept('stopped'));
  needsTouch = $state(false);
  isNightLight = kept('night-light') === 'yes';
  /** What the light and the sound follow, each told only of what is new: a view may change nothing. */
  #lease = $derived.by(() => this.room.lease);
  #answers = $derived.by(() => this.answers);
  #glows = $derived.by(() => this.room.glow);
  #hears = $derived.by(() => this.#heard);
  #hides = $derived.by(() => this.#isDarkScreen());
  #silent = $derived.by(() => this.stoppedHere || allDark(this.sleepers) || this.room.night === '');

  constructor(given: () => Given) {
    this.#given = given;
    this.#follow();
    onDestroy(() => this.#leave());
  }

  get room(): RoomView {
    return this.#given().room;
  }

  get sleepers() {
    const { view, room } = this.#given();
    return view.sleepers.filter((one) => one.room === room.room);
  }

  get face() {
    const reads = this.#left?.night === this.room.night && this.room.lease.sound_what === '';
    const here = { stopped: this.stoppedHere, called: this.called, reads };
    return faceOf(this.room, this.sleepers, here);
  }

  get line(): number {
    return Math.min(this.#read[this.#part.id] ?? 0, Math.max(0, this.lines.length - 1));
  }

  /** The words for whoever reads aloud. */
  get lines(): string[] {
    return this.#part.say;
  }

  get #part(): Part {
    const { night, scene, say } = this.room;
    if (this.face === 'yours' && this.#left) return this.#left;
    return { id: `${night}/${scene}`, night, say };
  }

  /** A stop holds for its night; the next evening is a new one, on a page that was left open too. */
  get stoppedHere(): boolean {
    return this.room.night !== '' && this.#stoppedNight === this.room.night;
  }

  get canStop(): boolean {
    return (this.#isGoing && !this.stoppedHere) || this.answers;
  }

  get #isGoing(): boolean {
    return ['running', 'paused', 'told'].includes(this.room.mode);
  }

  /** Whether a touch at night is being answered, by this page or by the house. */
  get answers(): boolean {
    return this.#answering && (this.called || this.room.glow);
  }

  /** The voices one may ask for now: only while a touch is answered, and with the house there. */
  get voices(): Offered[] {
    if (hub.line !== 'open' || !may(this.room, 'voice')) return [];
    return offered(this.room.voices, this.sleepers);
  }

  /** The voice this page lets be heard now, or nothing. */
  get #heard(): string {
    const { lease, playing } = this.room;
    return this.#answering && lease.sound_what === VOICE ? playing : '';
  }

  /** Any touch opens the sound: browsers allow it nowhere else. */
  touched(): void {
    if (!this.canStop && !may(this.room, 'begin')) return;
    this.#speaker.open();
    this.needsTouch = false;
    this.#sound();
  }

  ask(act: Act, more: { member?: string; door?: string } = {}): void {
    void hub.ask({ do: act, room: this.room.room, ...more });
  }

  choose(door: string): void {
    this.ask('choose', { door });
  }

  out(member: string): void {
    this.ask('lights-out', { member });
  }

  isUp(member: string): void {
    this.ask('up', { member });
  }

  turn(by: 1 | -1): void {
    const { id, say } = this.#part;
    const atEnd = by > 0 && this.line >= say.length - 1 && !this.room.doors.length;
    // In a quiet part a touch is a call at night, and no way on.
    if (atEnd && this.face !== 'yours' && may(this.room, 'touch')) this.ask('touch');
    else this.#read[id] = Math.max(0, Math.min(say.length - 1, this.line + by));
  }

  /** Silence and dark here and now; then the hub is told, until it has heard. */
  stop(): void {
    if (!this.canStop) return;
    const wasStopped = this.stoppedHere || this.room.mode === 'stopped';
    this.#stoppedAt_ms = performance.now();
    this.#answering = false;
    this.#stoppedNight = this.room.night;
    keep('stopped', this.room.night);
    this.#speaker.hush();
    this.#voice.hush();
    // What answered a touch after a stop ends by being asked to once more.
    if (wasStopped && hub.line === 'open') this.#askStop();
    if (!isOut()) return;
    // Nothing fades here any more; a screen whose while is over is still heard.
    if (me.now?.expired) this.#askStop();
    hub.lapse();
  }

  /** A familiar voice, because someone asked for it; never otherwise. */
  hear(voice: Offered): void {
    this.#answering = true;
    this.voiceFailed = false;
    this.#speaker.open();
    this.#voice.again();
    this.ask('voice', { member: voice.for_member, door: voice.id });
  }

  /** A touch at night: a dim answer at once, and the hub calls someone. */
  call(): void {
    if (performance.now() - this.#stoppedAt_ms < REST_MS) return;
    this.#answering = true;
    this.voiceFailed = false;
    this.#voice.warm();
    this.called = true;
    clearTimeout(this.#calm);
    this.#calm = window.setTimeout(() => (this.called = false), CALLED_S * 1000);
    if (may(this.room, 'touch')) this.ask('touch');
  }

  /** The ember's way from what it is now, for as long as what was told holds. */
  emberLine(now: number): Point[] {
    if (!this.#answers && this.#hides) return planFade(now, 0, DARK_S, DARK_S * 4);
    const { target, ramp_s, lease_s } = this.#answers ? this.#answer() : this.#told();
    if (lease_s <= 0) return planFade(now, 0, DARK_S, DARK_S * 4);
    const now_s = performance.now() / 1000;
    const left_s = this.#light.left_s(now, { target, ramp_s, lease_s }, now_s);
    return planFade(now, target, left_s, lease_s);
  }

  /** What the room is told to shine. */
  #told(): { target: number; ramp_s: number; lease_s: number } {
    const frame = this.#lease;
    const ramp_s = Math.max(LIGHT_RISE_S, frame.light_ramp_s);
    this.#lit = emberOpacity(frame.light_lx_medi);
    return { target: this.#lit, ramp_s, lease_s: this.#left_s(frame) };
  }

  /** The answer to a touch at night: dimmer than the room's own lamp may be, and as long as either. */
  #answer(): { target: number; ramp_s: number; lease_s: number } {
    // The house's own answer is the guard's to give: a hub that only says so lights nothing.
    const isGiven = this.#glows && this.#lease.light_lx_medi > 0;
    const told_s = isGiven ? this.#left_s(this.#lease) : 0;
    const lease_s = Math.max(told_s, this.called ? CALLED_S : 0);
    const target = Math.max(emberOpacity(CALLED_LX_MEDI), this.isNightLight ? this.#lit : 0);
    return { target, ramp_s: CALLED_RISE_S, lease_s };
  }

  /** Whether this screen is dark: where a sentence on it says so, unless it is the night light. */
  #isDarkScreen(): boolean {
    // A stop that the house has not heard yet, and a touch that a stop has ended, hold here at once.
    if (this.room.glow || (this.stoppedHere && this.room.mode !== 'stopped')) return true;
    return !this.isNightLight && onlyNightLight(this.face, this.sleepers);
  }

  /** Whether the agreed night light is on here, so that no sentence calls it dark. */
  get isLit(): boolean {
    return this.isNightLight && this.room.lease.light_lx_medi > 0 && !this.#isDarkScreen();
  }

  #left_s(frame: LeaseFrame): number {
    return Math.max(0, frame.lease_s - (performance.now() - frame.heard_ms) / 1000);
  }

  #tellStop(): void {
    clearTimeout(this.#again);
    if (!this.stoppedHere || this.room.mode === 'stopped' || this.room.mode === 'ended') return;
    // A stop needs no leave: a hub that refuses it has nothing running any more.
    if (hub.hearsStop) this.#askStop();
    this.#again = window.setTimeout(() => this.#tellStop(), STOP_AGAIN_MS);
  }

  #askStop(): void {
    void hub.ask({ do: 'stop', room: this.room.room }).then(() => hub.forget());
  }

  #sound(): void {
    const left_s = this.#left_s(this.#lease);
    const over: Partial<LeaseFrame> = left_s > 0 ? { lease_s: left_s } : { ...SILENT, lease_s: 1 };
    const lease = { ...this.#lease, ...over };
    this.#voice.follow(this.#speaker.context, lease, this.#heard);
    this.#soundscape(lease.sound_what === VOICE ? { ...lease, ...SILENT } : lease);
  }

  #soundscape(lease: LeaseFrame): void {
    const { night } = this.room;
    if (this.stoppedHere || !night || (allDark(this.sleepers) && lease.sound_dba === 0)) {
      this.#speaker.hush();
      return;
    }
    this.needsTouch = lease.sound_dba > 0 && this.#speaker.silentUntilTouched;
    this.#speaker.follow(lease);
  }

  #follow(): void {
    $effect(() => {
      void [this.#lease, this.#hears, this.#silent];
      untrack(() => this.#sound());
    });
    $effect(() => {
      const shows = keepsAwake(this.face, this.room.lease.light_lx_medi, this.isNightLight);
      stayAwake(shows || this.#heard !== '');
    });
    $effect(() => {
      void hub.heard;
      this.#voice.have(this.room.voices.slice(0, OFFERED_AT_MOST).map((one) => one.id));
      if (this.room.glow) this.#voice.warm();
    });
    $effect(() => {
      const { night, scene, say } = this.room;
      if (!say.length) return;
      this.#left = hub.line === 'lost' ? { id: `${night}/${scene}`, night, say } : null;
    });
    const night = $derived(this.room.night);
    $effect(() => {
      void night;
      this.#answering = true;
    });
    $effect(() => {
      if (this.stoppedHere && hub.hearsStop) this.#tellStop();
    });
  }

  #leave(): void {
    clearTimeout(this.#again);
    clearTimeout(this.#calm);
    stayAwake(false);
    this.#speaker.close();
  }
}
