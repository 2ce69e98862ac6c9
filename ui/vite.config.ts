import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const FONTS = '../src/evenfall/app/report/fonts';
const USED = ['evenfall-sans-regular.woff2', 'evenfall-sans-bold.woff2'];
const STORY = 'evenfall-serif-regular.woff2';

/** The report's fonts, copied into the page with their licence, so that there is one source. */
function reportFonts(): Plugin {
  return {
    name: 'report-fonts',
    generateBundle() {
      for (const name of [...USED, STORY, 'OFL.txt']) {
        this.emitFile({
          type: 'asset',
          fileName: `fonts/${name}`,
          source: readFileSync(`${FONTS}/${name}`),
        });
      }
    },
  };
}

// A relative base and hash routes let the same files work at a port's root and behind an ingress.
export default defineConfig({
  base: './',
  plugins: [svelte(), reportFonts()],
  build: {
    outDir: '../src/evenfall/app/web/static',
    emptyOutDir: true,
    target: ['chrome87', 'safari14', 'firefox91'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: { include: ['tests/**/*.test.ts'] },
});
