// What a bedside does: follows the room, reads at its reader's pace, and gets out of the way.
// A stop, a touch and the dark are this page's own: they happen before the hub has answered.

import { onDestroy } from 'svelte';
import { allDark, faceOf, keepsAwake, may } from './face';
import { planFade, Ramp, type Point } from './fade';
import { hub } from './hub.svelte';
import { keep, kept } from './keep';
import { EMBER_MAX_LX_MEDI, emberOpacity } from './light';
import { Speaker } from './sound/speaker';
import type { Act, HomeView, LeaseFrame, RoomView } from './types';
import { stayAwake } from './wake-lock';

const STOP_AGAIN_MS = 3000;
/** A touch at night is answered here for this long, whether or not the hub hears it. */
const CALLED_S = 45;
const CALLED_LX_MEDI = Math.min(0.08, EMBER_MAX_LX_MEDI);
const DARK_S = 1;
/** Light never rises faster than this on a page. */
const LIGHT_RISE_S = 2;

interface Given {
  view: HomeView;
  room: RoomView;
}

export class Bedside {
  #given: () => Given;
  #speaker = new Speaker();
  #light = new Ramp(LIGHT_RISE_S);
  #seq = -1;
  #again = 0;
  #calm = 0;

  /** How far each part has been read, so that a breather gives the story back where it was. */
  #read = $state<Record<string, number>>({});
  called = $state(false);
  stoppedHere = $state(false);
  needsTouch = $state(false);
  isNightLight = kept('night-light') === 'yes';

  constructor(given: () => Given) {
    this.#given = given;
    this.stoppedHere = kept('stopped') === given().room.night && given().room.night !== '';
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
    return faceOf(this.room, this.sleepers, { stopped: this.stoppedHere, called: this.called });
  }

  get line(): number {
    const last = Math.max(0, this.room.say.length - 1);
    return Math.min(this.#read[this.#part] ?? 0, last);
  }

  get #part(): string {
    return `${this.room.night}/${this.room.scene}`;
  }

  get canStop(): boolean {
    return ['running', 'paused', 'told'].includes(this.room.mode) && !this.stoppedHere;
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
    const last = this.room.say.length - 1;
    if (by > 0 && this.line >= last && !this.room.doors.length && may(this.room, 'touch')) {
      this.ask('touch');
      return;
    }
    this.#read[this.#part] = Math.max(0, Math.min(last, this.line + by));
  }

  /** Silence and dark here and now; then the hub is told, until it has heard. */
  stop(): void {
    if (!this.canStop) return;
    this.stoppedHere = true;
    keep('stopped', this.room.night);
    this.#speaker.hush();
  }

  /** A touch at night: a dim answer at once, and the hub calls someone. */
  call(): void {
    this.called = true;
    clearTimeout(this.#calm);
    this.#calm = window.setTimeout(() => (this.called = false), CALLED_S * 1000);
    if (may(this.room, 'touch')) this.ask('touch');
  }

  /** The ember's way from what it is now, for as long as what was told holds. */
  emberLine(now: number): Point[] {
    void hub.heard;
    if (this.called) return planFade(now, emberOpacity(CALLED_LX_MEDI), 2, CALLED_S);
    const frame = this.room.lease;
    if (this.stoppedHere || this.#isDarkScreen()) return planFade(now, 0, DARK_S, DARK_S * 4);
    const target = emberOpacity(frame.light_lx_medi);
    const now_s = performance.now() / 1000;
    const lease_s = this.#left_s(frame);
    const ramp_s = Math.max(LIGHT_RISE_S, frame.light_ramp_s);
    const left_s = this.#light.left_s(now, { target, ramp_s, lease_s }, now_s);
    return planFade(now, target, left_s, lease_s);
  }

  /** After lights-out the screen is face down, off the bed, unless it is the agreed night light. */
  #isDarkScreen(): boolean {
    return allDark(this.sleepers) && !this.isNightLight && !this.room.glow;
  }

  #left_s(frame: LeaseFrame): number {
    return Math.max(0.5, frame.lease_s - hub.age_ms() / 1000);
  }

  #tellStop(): void {
    clearTimeout(this.#again);
    if (!this.stoppedHere || this.room.mode === 'stopped' || this.room.mode === 'ended') return;
    // A stop needs no leave: a hub that refuses it has nothing running any more.
    if (hub.line === 'open')
      void hub.ask({ do: 'stop', room: this.room.room }).then(() => hub.forget());
    this.#again = window.setTimeout(() => this.#tellStop(), STOP_AGAIN_MS);
  }

  #renew(): void {
    this.#seq = this.room.lease.seq;
    this.#sound();
  }

  #sound(): void {
    const { lease, night } = this.room;
    if (this.stoppedHere || !night || (allDark(this.sleepers) && lease.sound_dba === 0)) {
      this.#speaker.hush();
      return;
    }
    this.needsTouch = lease.sound_dba > 0 && this.#speaker.silentUntilTouched;
    this.#speaker.follow({ ...lease, lease_s: this.#left_s(lease) });
  }

  #follow(): void {
    $effect(() => {
      void hub.heard;
      // A hub that came back may count anew; one that is gone renews nothing.
      if (hub.line === 'lost') this.#seq = -1;
      else if (this.room.lease.seq >= this.#seq) this.#renew();
    });
    $effect(() => {
      stayAwake(keepsAwake(this.face, this.room.lease.light_lx_medi, this.isNightLight));
    });
    $effect(() => {
      if (this.stoppedHere && hub.line === 'open') this.#tellStop();
    });
  }

  #leave(): void {
    clearTimeout(this.#again);
    clearTimeout(this.#calm);
    stayAwake(false);
    this.#speaker.close();
  }
}
