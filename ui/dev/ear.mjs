// Listens to a page where its sound leaves it, in the audio's own thread, so that a slow page cannot
// make the ear miss anything: how long it is silent, how large its steps are, how the clock goes.

/** Put before the page's own scripts: whatever goes to a loudspeaker goes through `window.ear` too. */
export function listen() {
  const connect = AudioNode.prototype.connect;
  window.plug = (from, to) => connect.call(from, to);
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode && this.context instanceof AudioContext) {
      const { context } = this;
      context.ear ??= Object.assign(context.createAnalyser(), { fftSize: 32768 });
      window.ear = context.ear;
      connect.call(this, context.ear);
    }
    return connect.call(this, to, ...rest);
  };
}

/** What the worklet notes of each block of a tenth of a second. */
function worklet() {
  const NOTHING = 2e-6; // of full scale: a thousandth of the softest soundscape measured here
  class Ear extends AudioWorkletProcessor {
    constructor() {
      super();
      Object.assign(this, { before: 0, silent: 0, longest: 0, step: 0, sum: 0, count: 0 });
      this.steps = 0;
      this.clock = [];
      this.port.onmessage = () => {
        const { steps, clock, longest } = this;
        this.port.postMessage({ steps, clock, longest_ms: (1000 * longest) / sampleRate });
        Object.assign(this, { longest: 0, silent: 0, steps: 0, step: 0, sum: 0, count: 0, clock: [] }); // prettier-ignore
      };
    }
    process([[samples]]) {
      for (const sample of samples ?? new Float32Array(128)) this.hear(sample);
      return true;
    }
    hear(sample) {
      this.silent = Math.abs(sample) < NOTHING ? this.silent + 1 : 0;
      this.longest = Math.max(this.longest, this.silent);
      this.step = Math.max(this.step, Math.abs(sample - this.before));
      this.before = sample;
      this.sum += sample * sample;
      this.count += 1;
      if (this.count < sampleRate / 10) return;
      const rms = Math.sqrt(this.sum / this.count);
      if (rms > 0) this.steps = Math.max(this.steps, this.step / rms);
      this.clock.push(Date.now() - (1000 * currentFrame) / sampleRate);
      Object.assign(this, { step: 0, sum: 0, count: 0 });
    }
  }
  registerProcessor('ear', Ear);
}

/** Begin to listen closely to what already sounds on the page. */
export async function attend(page) {
  await page.evaluate(async (code) => {
    const ctx = window.ear.context;
    const url = URL.createObjectURL(new Blob([`(${code})()`], { type: 'text/javascript' }));
    await ctx.audioWorklet.addModule(url);
    const node = new AudioWorkletNode(ctx, 'ear');
    const gate = ctx.createGain();
    const nowhere = ctx.createGain();
    nowhere.gain.value = 0;
    window.plug(window.ear, gate);
    window.plug(gate, node);
    window.plug(node, nowhere);
    window.plug(nowhere, ctx.destination);
    window.attending = { node, gate };
  }, worklet.toString());
}

/** What was heard since the last time: the longest silence, the largest step against its own tenth
 * of a second, and how far the audio's clock fell behind the wall's. */
export async function heard(page) {
  const { steps, clock, longest_ms } = await page.evaluate(
    () =>
      new Promise((done) => {
        const { port } = window.attending.node;
        port.onmessage = ({ data }) => done(data);
        port.postMessage('tell');
      }),
  );
  // Blocks come in bursts: the least of a second is when its burst began.
  const least = (list) => Math.min(...list);
  const behind_ms = clock.length < 20 ? 0 : least(clock.slice(-10)) - least(clock.slice(0, 10));
  return { steps, longest_ms, behind_ms, seconds: clock.length / 10 };
}

/** Makes gaps, for the ear alone, to prove that they would be noticed. */
export async function gap(page, ms, times) {
  await page.evaluate(
    ([length_ms, count]) => {
      const { gain, context } = window.attending.gate;
      for (let k = 0; k < count; k += 1) {
        const from = context.currentTime + 0.3 + k * 0.15;
        gain.setValueAtTime(0, from);
        gain.setValueAtTime(1, from + length_ms / 1000);
      }
    },
    [ms, times],
  );
}

/** A soundscape by itself, rendered: its largest step, and how much of a core it takes to make. */
export async function alone([name, seconds]) {
  const rate = 44_100;
  const ctx = new OfflineAudioContext(1, rate * seconds, rate);
  window.soundscapes.sound(name, ctx, ctx.destination);
  const from_ms = performance.now();
  const samples = (await ctx.startRendering()).getChannelData(0);
  const share = (performance.now() - from_ms) / 1000 / seconds;
  const size = rate / 10;
  let steps = 0;
  for (let from = size; from + size <= samples.length; from += size) {
    let sum = 0;
    let step = 0;
    for (let at = from; at < from + size; at += 1) {
      sum += samples[at] ** 2;
      step = Math.max(step, Math.abs(samples[at] - samples[at - 1]));
    }
    steps = Math.max(steps, step / Math.sqrt(sum / size));
  }
  return { steps, share };
}
