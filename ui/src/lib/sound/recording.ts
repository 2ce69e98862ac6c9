// A recording of somebody, played through a channel of its own at the level that was asked for.

import { Channel } from './channel';
import { gainFor, trimFor, VOICE_IN_S, VOICE_OUT_S } from './level';

/** The rate recordings are read at; the loudspeaker's own is the browser's affair. */
const RATE_HZ = 44_100;

/** Read a recording. Fails where this browser does not know its kind. */
export async function decoded(bytes: ArrayBuffer): Promise<AudioBuffer> {
  return new OfflineAudioContext(1, 1, RATE_HZ).decodeAudioData(bytes.slice(0));
}

/** Brings a recording to the reference level, whatever it was recorded at. */
function trim(buffer: AudioBuffer): number {
  const ways = Array.from({ length: buffer.numberOfChannels }, (_, way) =>
    trimFor(buffer.getChannelData(way), buffer.sampleRate),
  ).filter((gain) => gain > 0);
  return ways.length ? Math.min(...ways) : 0;
}

export class Recording {
  #channel: Channel;
  #ctx: AudioContext;
  #source: AudioBufferSourceNode | null = null;
  #dba = 0;
  #lapses_s = 0;

  constructor(ctx: AudioContext) {
    this.#ctx = ctx;
    this.#channel = new Channel(ctx, VOICE_IN_S);
  }

  get isSounding(): boolean {
    return this.#source !== null;
  }

  /** Begin from the first word; it is heard as far as it is followed. */
  begin(buffer: AudioBuffer, ended?: () => void): void {
    this.#end();
    const source = this.#ctx.createBufferSource();
    const gain = this.#ctx.createGain();
    source.buffer = buffer;
    gain.gain.value = trim(buffer);
    source.connect(gain).connect(this.#channel.door);
    source.onended = () => {
      gain.disconnect();
      if (this.#source !== source) return;
      this.#source = null;
      ended?.();
    };
    source.start();
    this.#source = source;
    this.#rise();
  }

  /** At this level for as long as it holds; 0 dBA is the way out. */
  follow(dba: number, lease_s: number): void {
    this.#dba = dba;
    this.#lapses_s = this.#ctx.currentTime + lease_s;
    if (!(dba > 0) && this.#channel.level === 0) this.#end();
    this.#rise();
  }

  /** Towards the level that holds; nothing rises before there is something to hear. */
  #rise(): void {
    const lease_s = Math.max(0, this.#lapses_s - this.#ctx.currentTime);
    const target = this.#source && lease_s > 0 ? gainFor(this.#dba) : 0;
    if (target > 0) this.#channel.follow({ target, ramp_s: VOICE_IN_S, lease_s });
    else this.#channel.follow({ target, ramp_s: VOICE_OUT_S, lease_s: 2 * VOICE_OUT_S });
  }

  /** Silence now. What was being said is not taken up again. */
  hush(): void {
    this.#dba = 0;
    this.#channel.hush();
    this.#end(1);
  }

  #end(in_s = 0): void {
    this.#source?.stop(this.#ctx.currentTime + in_s);
    this.#source = null;
  }
}
