// Draws the PNG icons from public/icon.svg with the browser at hand. Run once after changing it.

import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { BROWSER } from '../dev/browser.mjs';

const at = (name) => new URL(`../public/${name}`, import.meta.url);
const svg = readFileSync(at('icon.svg'), 'utf8');
// A maskable icon has its drawing in the middle four fifths, on an even ground to the edge.
const padded = svg
  .replace(/<rect[^>]*>/, '<rect width="512" height="512" fill="#0b0706"/><g transform="translate(64 64) scale(.75)">')
  .replace('</svg>', '</g></svg>'); // prettier-ignore

const browser = await chromium.launch(BROWSER);
for (const [name, size, drawing] of [
  ['icon-192.png', 192, svg],
  ['icon-512.png', 512, svg],
  ['icon-maskable.png', 512, padded],
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw}</style>${drawing}`);
  writeFileSync(at(name), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
