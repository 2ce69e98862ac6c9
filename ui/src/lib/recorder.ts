// A recording of somebody: taken from the microphone or a file, and brought to the one form that every
// bedside can play, however old: 16 kHz, one channel, WAV. Nothing a file said of itself comes along.

import { loudestSecond } from './sound/level';
import { decoded } from './sound/recording';

export const MOST_S = 60;
/** Speech to 8 kHz; a minute of it is under the two megabytes a hub takes. Own choice. */
export const RATE_HZ = 16_000;
/** Quiet left before the first word, for the sound to come in over, and after the last. Own choice. */
export const AROUND_S = 0.8;
/** Softer than this against its loudest second is no word: 34 decibels. Own choice. */
const WORD_SHARE = 0.02;
/** A recording whose loudest second is below this has nothing in it: −66 dB of full scale. */
const SILENT_RMS = 0.0005;
/** No minute of anything is larger; what is would fill an old tablet's memory. Own choice. */
const FILE_MAX_BYTES = 30_000_000;

const TYPES = ['audio/mp4', 'audio/webm;codecs=opus', 'audio/webm', 'audio/ogg;codecs=opus'];

export type Unfit = 'long' | 'unread' | 'silent';

export class UnfitError extends Error {
  constructor(readonly why: Unfit) {
    super(why);
  }
}

/** A recording as it would be kept. */
export interface Take {
  audio: Blob;
  buffer: AudioBuffer;
  seconds: number;
}

/** What a browser records in, of what it says it knows. */
export function typeFor(knows: (type: string) => boolean): string | null {
  return TYPES.find(knows) ?? null;
}

/** From a little before the first word to a little after the last, with the quiet that was missing. */
export function aroundWords(samples: Float32Array, rate_hz: number): Float32Array {
  const least = loudestSecond(samples, rate_hz) * WORD_SHARE;
  const first = samples.findIndex((sample) => Math.abs(sample) > least);
  let last = samples.length - 1;
  while (last > first && Math.abs(samples[last] ?? 0) <= least) last -= 1;
  if (first < 0) return new Float32Array(0);
  const around = Math.round(AROUND_S * rate_hz);
  const most = MOST_S * rate_hz;
  const words = samples.subarray(first, Math.min(last + 1, first + most - around));
  const whole = new Float32Array(Math.min(most, words.length + 2 * around));
  whole.set(words, around);
  const before = samples.subarray(Math.max(0, first - around), first);
  whole.set(before, around - before.length);
  return whole;
}

/** Sixteen-bit WAV of one channel (RIFF, WAVE, format 1). */
export function wavOf(samples: Float32Array, rate_hz: number): ArrayBuffer {
  const bytes = new ArrayBuffer(44 + 2 * samples.length);
  const view = new DataView(bytes);
  const word = (at: number, letters: string) =>
    [...letters].forEach((letter, k) => view.setUint8(at + k, letter.charCodeAt(0)));
  word(0, 'RIFF');
  view.setUint32(4, 36 + 2 * samples.length, true);
  word(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate_hz, true);
  view.setUint32(28, 2 * rate_hz, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, 'data');
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, at) => {
    view.setInt16(44 + 2 * at, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true);
  });
  return bytes;
}

/** Read a recording of any kind this browser knows, and make it what is kept. */
export async function taken(recorded: Blob): Promise<Take> {
  if (recorded.size > FILE_MAX_BYTES) throw new UnfitError('long');
  const heard = await recorded.arrayBuffer().then(decoded).catch(unread);
  if (heard.duration > MOST_S + 1) throw new UnfitError('long');
  const samples = (await resampled(heard)).getChannelData(0);
  if (loudestSecond(samples, RATE_HZ) < SILENT_RMS) throw new UnfitError('silent');
  const words = aroundWords(samples, RATE_HZ);
  const buffer = new AudioBuffer({ length: words.length, sampleRate: RATE_HZ });
  buffer.getChannelData(0).set(words);
  const audio = new Blob([wavOf(words, RATE_HZ)], { type: 'audio/wav' });
  return { audio, buffer, seconds: Math.round(words.length / RATE_HZ) };
}

function unread(): never {
  throw new UnfitError('unread');
}

async function resampled(heard: AudioBuffer): Promise<AudioBuffer> {
  const length = Math.max(1, Math.ceil(heard.duration * RATE_HZ));
  const ctx = new OfflineAudioContext(1, length, RATE_HZ);
  const source = ctx.createBufferSource();
  source.buffer = heard;
  source.connect(ctx.destination);
  source.start();
  return ctx.startRendering();
}

/** Whether this browser records here: only over an address it holds to be safe. */
export function canRecord(): boolean {
  return (
    'MediaRecorder' in window &&
    'mediaDevices' in navigator &&
    typeFor((type) => MediaRecorder.isTypeSupported(type)) !== null
  );
}

/** The microphone, from the touch that opens it until it is let go. Nothing listens before or after. */
export class Microphone {
  #stream: MediaStream | null = null;
  #ctx: AudioContext | null = null;
  #ear: AnalyserNode | null = null;
  #recorder: MediaRecorder | null = null;
  #pieces: Blob[] = [];

  /** Open it and record. Fails where the browser or whoever holds it says no. */
  async open(): Promise<void> {
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    this.#ctx = new AudioContext();
    this.#ear = this.#ctx.createAnalyser();
    this.#ctx.createMediaStreamSource(this.#stream).connect(this.#ear);
    const mimeType = typeFor((type) => MediaRecorder.isTypeSupported(type)) ?? '';
    this.#recorder = new MediaRecorder(this.#stream, { mimeType, audioBitsPerSecond: 96_000 });
    this.#recorder.ondataavailable = ({ data }) => this.#pieces.push(data);
    this.#recorder.start(1000);
  }

  /** How loud it is now, from 0 to 1 of what a voice nearby comes to. */
  level(): number {
    if (!this.#ear) return 0;
    const samples = new Float32Array(this.#ear.fftSize);
    this.#ear.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
    return Math.min(1, Math.sqrt(power) * 6);
  }

  /** What was recorded; the microphone is let go. */
  async finish(): Promise<Blob> {
    const recorder = this.#recorder;
    if (recorder && recorder.state !== 'inactive') {
      await new Promise((done) => {
        recorder.onstop = done;
        recorder.stop();
      });
    }
    const recorded = new Blob(this.#pieces, { type: recorder?.mimeType ?? '' });
    this.close();
    return recorded;
  }

  close(): void {
    if (this.#recorder?.state === 'recording') this.#recorder.stop();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    void this.#ctx?.close();
    this.#stream = this.#ctx = this.#ear = this.#recorder = null;
  }
}
