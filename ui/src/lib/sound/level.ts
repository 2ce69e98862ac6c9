// From a level at the pillow to a gain, with a ceiling nothing passes.
// No phone here was ever measured, so a loud one is assumed and whoever asks is told so.

/** A full-scale tone with everything at its fullest gives at most this at the pillow, 30 cm away:
 * a loud phone or tablet. Assumed; this project's own choice. */
export const FULLEST_DBA = 91;
/** What every soundscape's own trim brings it to: A-weighted, root mean square, of full scale.
 * Measured by `dev/listen.mjs`; low, so that no peak is cut. */
export const REFERENCE_RMS = 0.05;
/** Never above this, whatever is asked: the winding-down limit of `safety/limits.py`. */
export const CEILING_DBA = 50;
/** Sounds come in over at least this long, and go out over up to twenty. */
export const FADE_IN_S = 5;

function ratio(db: number): number {
  return 10 ** (db / 20);
}

const TONE_RMS = Math.SQRT1_2;
/** A soundscape at its reference, with everything at its fullest. */
export const REFERENCE_DBA = FULLEST_DBA + 20 * Math.log10(REFERENCE_RMS / TONE_RMS);

/** The fixed gain of the ceiling: set once, never moved. */
export const CEILING_GAIN = ratio(CEILING_DBA - REFERENCE_DBA);

/** The gain below the ceiling for a level at the pillow; 0 dBA or less is silence. */
export function gainFor(dba: number): number {
  if (!(dba > 0)) return 0;
  return Math.min(1, ratio(dba - CEILING_DBA));
}

/** A familiar voice comes in quickly, so that its first word is understood. Own choice. */
export const VOICE_IN_S = 1;
/** And goes out over this, where it is told to. Own choice. */
export const VOICE_OUT_S = 3;
/** A recording is made louder by no more than this, however soft: twenty decibels. Own choice. */
export const RAISED_AT_MOST = 10;

/** The loudest second of a recording, root mean square of full scale. */
export function loudestSecond(samples: Float32Array, rate_hz: number): number {
  const half = Math.max(1, Math.round(rate_hz / 2));
  const powers: number[] = [];
  for (let from = 0; from < samples.length; from += half) {
    let sum = 0;
    for (const sample of samples.subarray(from, from + half)) sum += sample * sample;
    powers.push(sum / half);
  }
  const seconds = powers.map((power, at) => (power + (powers[at + 1] ?? 0)) / 2);
  return Math.sqrt(Math.max(0, ...seconds));
}

/**
 * The gain that brings a recording's loudest second to the reference, so that none is louder than
 * what was asked for. Unweighted: of a voice, its A-weighted level is below that.
 */
export function trimFor(samples: Float32Array, rate_hz: number): number {
  const loudest = loudestSecond(samples, rate_hz);
  return loudest > 0 ? Math.min(RAISED_AT_MOST, REFERENCE_RMS / loudest) : 0;
}
