// Waves, rain, wind, brown noise, night insects, a hum: made here, from noise and slow turning.
// No timers: two noises of unlike length and oscillators of unlike period, so that no ear finds a
// loop, and a frozen tab goes on as it was until the fade that was planned for it.

/** Something that sounds into `out` until it is ended. */
export interface Sounding {
  end: () => void;
}

interface Workshop {
  ctx: BaseAudioContext;
  out: AudioNode;
  started: AudioScheduledSourceNode[];
}

type Recipe = (shop: Workshop) => void;

const NOISE_S = [11.3, 17.9] as const;
const noises = new WeakMap<BaseAudioContext, AudioBuffer[]>();

function noiseBuffers(ctx: BaseAudioContext): AudioBuffer[] {
  const known = noises.get(ctx);
  if (known) return known;
  const made = NOISE_S.map((length_s) => {
    const buffer = ctx.createBuffer(1, Math.round(length_s * ctx.sampleRate), ctx.sampleRate);
    const samples = buffer.getChannelData(0);
    for (let at = 0; at < samples.length; at += 1) samples[at] = Math.random() * 2 - 1;
    return buffer;
  });
  noises.set(ctx, made);
  return made;
}

/** White noise: two loops of unlike length, begun at unlike places. */
function noise(shop: Workshop): AudioNode {
  const sum = shop.ctx.createGain();
  for (const buffer of noiseBuffers(shop.ctx)) {
    const source = shop.ctx.createBufferSource();
    source.buffer = buffer;
    source.loop = true;
    source.connect(sum);
    source.start(0, Math.random() * buffer.duration);
    shop.started.push(source);
  }
  return sum;
}

/** Raindrops: far-apart specks of noise, as a loop of its own length. */
function specks(shop: Workshop, length_s: number, a_second: number): AudioNode {
  const { ctx } = shop;
  const buffer = ctx.createBuffer(1, Math.round(length_s * ctx.sampleRate), ctx.sampleRate);
  const samples = buffer.getChannelData(0);
  const ring = Math.round(0.012 * ctx.sampleRate);
  for (let drop = 0; drop < length_s * a_second; drop += 1) {
    const at = Math.floor(Math.random() * (samples.length - ring));
    const loud = Math.random() ** 3;
    for (let k = 0; k < ring; k += 1) {
      const was = samples[at + k] ?? 0;
      samples[at + k] = was + loud * (Math.random() * 2 - 1) * Math.exp((-6 * k) / ring);
    }
  }
  const source = ctx.createBufferSource();
  source.buffer = buffer;
  source.loop = true;
  source.start();
  shop.started.push(source);
  return source;
}

function filter(shop: Workshop, type: BiquadFilterType, hz: number, q = 0.5): BiquadFilterNode {
  const node = shop.ctx.createBiquadFilter();
  node.type = type;
  node.frequency.value = hz;
  node.Q.value = q;
  return node;
}

function gain(shop: Workshop, value: number): GainNode {
  const node = shop.ctx.createGain();
  node.gain.value = value;
  return node;
}

function tone(shop: Workshop, hz: number): OscillatorNode {
  const node = shop.ctx.createOscillator();
  node.frequency.value = hz;
  node.start();
  shop.started.push(node);
  return node;
}

/** Moves a parameter about its value, by slow turnings that do not come together again. */
function turn(shop: Workshop, param: AudioParam, by: number, periods_s: number[]): void {
  for (const period_s of periods_s) {
    const depth = gain(shop, by / periods_s.length);
    tone(shop, 1 / period_s).connect(depth);
    depth.connect(param);
  }
}

function chain(...nodes: AudioNode[]): void {
  nodes.reduce((from, to) => (from.connect(to), to));
}

const waves: Recipe = (shop) => {
  const wash = gain(shop, 0.5);
  const under = gain(shop, 0.55);
  turn(shop, wash.gain, 0.42, [11.7, 17.3]);
  turn(shop, under.gain, 0.25, [19.1, 13.9]);
  chain(noise(shop), filter(shop, 'lowpass', 900), filter(shop, 'highpass', 180), wash, shop.out);
  chain(noise(shop), filter(shop, 'lowpass', 260), under, gain(shop, 1.6), shop.out);
};

const rain: Recipe = (shop) => {
  const fall = gain(shop, 0.16);
  turn(shop, fall.gain, 0.03, [23.3, 37.1]);
  chain(noise(shop), filter(shop, 'highpass', 900), filter(shop, 'lowpass', 5200), fall, shop.out);
  chain(specks(shop, 19.7, 26), filter(shop, 'bandpass', 2300, 0.8), gain(shop, 0.8), shop.out);
  chain(specks(shop, 29.3, 9), filter(shop, 'bandpass', 1200, 1.2), gain(shop, 1.2), shop.out);
};

const wind: Recipe = (shop) => {
  const whistle = filter(shop, 'bandpass', 420, 1.1);
  const gust = gain(shop, 0.8);
  turn(shop, whistle.frequency, 170, [9.7, 15.1, 26.3]);
  turn(shop, gust.gain, 0.5, [12.9, 21.7, 34.3]);
  chain(noise(shop), whistle, gust, shop.out);
  chain(noise(shop), filter(shop, 'lowpass', 220), gain(shop, 0.7), shop.out);
};

const brownNoise: Recipe = (shop) => {
  // Six decibels an octave from 60 Hz up: one pole, as brown noise has it.
  const pole = Math.exp((-2 * Math.PI * 60) / shop.ctx.sampleRate);
  const brown = shop.ctx.createIIRFilter([1 - pole], [1, -pole]);
  chain(noise(shop), brown, filter(shop, 'highpass', 30), gain(shop, 9), shop.out);
};

function insect(shop: Workshop, hz: number, trill_hz: number, rests_s: number[], loud: number) {
  const voice = gain(shop, loud / 2);
  const trill = gain(shop, 0.5);
  const song = gain(shop, 0.5);
  turn(shop, trill.gain, 0.5, [1 / trill_hz]);
  turn(shop, song.gain, 0.5, rests_s);
  chain(tone(shop, hz), voice, trill, song, shop.out);
}

const nightInsects: Recipe = (shop) => {
  insect(shop, 3170, 17, [7.3, 11.9], 0.2);
  insect(shop, 2740, 13, [9.1, 14.7], 0.16);
  insect(shop, 3520, 21, [12.7, 17.9], 0.1);
  chain(noise(shop), filter(shop, 'lowpass', 420), gain(shop, 0.35), shop.out);
};

const hum: Recipe = (shop) => {
  for (const [hz, loud, period_s] of [
    [98, 0.3, 13.1],
    [147.3, 0.16, 17.7],
    [196.4, 0.1, 22.9],
    [294.9, 0.04, 29.3],
  ] as const) {
    const part = gain(shop, loud);
    turn(shop, part.gain, loud * 0.4, [period_s]);
    chain(tone(shop, hz), part, shop.out);
  }
  chain(noise(shop), filter(shop, 'lowpass', 200), gain(shop, 0.25), shop.out);
};

// The trims bring each to the reference level; `dev/listen.mjs` measures them.
const RECIPES: Record<string, { recipe: Recipe; trim: number }> = {
  waves: { recipe: waves, trim: 0.415 },
  rain: { recipe: rain, trim: 0.483 },
  wind: { recipe: wind, trim: 0.457 },
  'brown-noise': { recipe: brownNoise, trim: 0.278 },
  'night-insects': { recipe: nightInsects, trim: 1.02 },
  hum: { recipe: hum, trim: 1.18 },
};

export const SOUNDSCAPES = Object.keys(RECIPES);

/** Begin a soundscape, trimmed to the reference level; an unknown name is silence. */
export function sound(what: string, ctx: BaseAudioContext, out: AudioNode): Sounding {
  const named = RECIPES[what];
  if (!named) return { end: () => undefined };
  const trim = ctx.createGain();
  trim.gain.value = named.trim;
  trim.connect(out);
  const shop: Workshop = { ctx, out: trim, started: [] };
  named.recipe(shop);
  return {
    end() {
      for (const source of shop.started) source.stop();
      trim.disconnect();
    },
  };
}
