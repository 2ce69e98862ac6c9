// How much light this page can give at most, as melanopic EDI at the eye. Worst case, and assumed:
// nobody has measured this screen, so every number below is set where a bright one would be.

/** Luminance of full red on a very bright screen: 1000 cd/m² of white, of which red is under 23 %
 * (display P3's red primary). The 1000 is this project's choice of a worst case. */
export const RED_CD_M2 = 230;
/** Melanopic share of that red. A clean red primary has 0.01 to 0.05; leaky ones more. Own choice. */
export const RED_MEDI_PER_LX = 0.1;
/** A screen lying beside a pillow, in metres. Own choice. */
export const EYE_M = 0.3;
/** A CSS pixel at its nominal size, 1/96 inch; on phones and tablets it is smaller. */
export const PIXEL_M = 0.0254 / 96;
/** The exponent of sRGB, near enough. */
export const GAMMA = 2.2;
/** Share of a letter's square that is ink, generously. Own choice. */
export const INK_SHARE = 0.2;

/** Something lit: its area in CSS px², and how bright its red is, from 0 to 1 of the pixel's range. */
export interface Lit {
  area_px2: number;
  red: number;
}

/** The most melanopic light the lit parts can give at the eye together, lx mEDI. */
export function worstCaseLxMedi(lit: Lit[]): number {
  const area_m2 = lit.reduce((sum, one) => sum + one.area_px2 * one.red ** GAMMA, 0) * PIXEL_M ** 2;
  return (RED_CD_M2 * area_m2 * RED_MEDI_PER_LX) / EYE_M ** 2;
}

/** The ember: full at its heart, then falling evenly to nothing at the rim. */
export const EMBER_PX = 300;
export const EMBER_FULL_TO = 0.12;

/** The disc of even red that gives as much light as the ember does. */
export function emberArea_px2(): number {
  const rings = 200;
  let area = 0;
  for (let ring = 0; ring < rings; ring += 1) {
    const r = (ring + 0.5) / rings;
    const red = Math.min(1, (1 - r) / (1 - EMBER_FULL_TO));
    area += red ** GAMMA * 2 * Math.PI * r * (1 / rings);
  }
  return area * (EMBER_PX / 2) ** 2;
}

export const EMBER_MAX_LX_MEDI = worstCaseLxMedi([{ area_px2: emberArea_px2(), red: 1 }]);

/** The most a frame is told before lights-out, lx mEDI (`safety/limits.py`, evening). */
const TOLD_MOST_LX_MEDI = 10;
/** Up to this share of its most the ember gives exactly what it was told. Own choice. */
const EXACT_TO = 0.4;

/**
 * The light the ember gives for a light that was told: never more than that, and never more than it
 * can. What is told reaches far above its most; the upper part of its range follows that in equal
 * steps for equal ratios, so that a story's fading is seen on the page.
 */
export function emberLxMedi(toldLxMedi: number): number {
  const told = Math.min(TOLD_MOST_LX_MEDI, Math.max(0, toldLxMedi));
  const exact = EXACT_TO * EMBER_MAX_LX_MEDI;
  if (told <= exact) return told;
  const share = Math.log(told / exact) / Math.log(TOLD_MOST_LX_MEDI / exact);
  return exact + share * (EMBER_MAX_LX_MEDI - exact);
}

/** The ember's opacity for a light at the eye. */
export function emberOpacity(lxMedi: number): number {
  return (emberLxMedi(lxMedi) / EMBER_MAX_LX_MEDI) ** (1 / GAMMA);
}

/** A number in words people use: two places below one, one above. */
export function roundedLx(lx: number): string {
  return lx < 1 ? (Math.ceil(lx * 100) / 100).toFixed(2) : (Math.ceil(lx * 10) / 10).toFixed(1);
}
