import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const OFL = '../src/evenfall/app/report/fonts/OFL.txt';

/** The licence of the report's fonts, which the style takes from there: one source for both. */
function fontLicence(): Plugin {
  return {
    name: 'font-licence',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'assets/OFL.txt', source: readFileSync(OFL) });
    },
  };
}

// A relative base and hash routes let the same files work at a port's root and behind an ingress.
export default defineConfig({
  base: './',
  plugins: [svelte(), fontLicence()],
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
