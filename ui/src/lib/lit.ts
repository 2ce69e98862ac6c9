// What is lit on the page right now, for whoever asks: letters by their ink, filled parts by area.

import { INK_SHARE, type Lit } from './light';

/** Red of a colour as a share of its range; colour of any other kind counts by its strongest. */
export function redOf(colour: string): number {
  const parts = colour.match(/[\d.]+/g)?.map(Number) ?? [];
  const [red = 0, green = 0, blue = 0, alpha = 1] = parts;
  return (Math.max(red, green, blue) / 255) * alpha;
}

export function litNow(root: HTMLElement): Lit[] {
  return [...root.querySelectorAll<HTMLElement>('*')].flatMap((node) => {
    const style = getComputedStyle(node);
    if (style.visibility === 'hidden' || style.display === 'none') return [];
    return [...letters(node, style), ...ground(node, style)];
  });
}

function letters(node: HTMLElement, style: CSSStyleDeclaration): Lit[] {
  const own = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
  const count = own.reduce((sum, child) => sum + (child.textContent?.trim().length ?? 0), 0);
  if (!count) return [];
  const size_px = parseFloat(style.fontSize);
  return [{ area_px2: count * size_px * size_px * 0.5 * INK_SHARE, red: redOf(style.color) }];
}

function ground(node: HTMLElement, style: CSSStyleDeclaration): Lit[] {
  const red = redOf(style.backgroundColor);
  if (red === 0) return [];
  const { width, height } = node.getBoundingClientRect();
  return [{ area_px2: width * height, red }];
}
