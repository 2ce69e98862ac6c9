// The soundscapes by themselves, for a page that is blank: built as one script that names itself.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ENTRY = fileURLToPath(new URL('../src/lib/sound/soundscapes.ts', import.meta.url));

/** The script, and the names of what it can play. */
export async function soundscapes() {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, lib: { entry: ENTRY, formats: ['iife'], name: 'soundscapes' } },
  });
  const { code } = (Array.isArray(built) ? built[0] : built).output[0];
  return { code, names: new Function(`${code}; return soundscapes.SOUNDSCAPES`)() };
}
