// After the build: writes the service worker with the list of what it keeps, and weighs the script.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUILT = fileURLToPath(new URL('../../src/evenfall/app/web/static/', import.meta.url));
const SCRIPT_MAX_BYTES = 60 * 1024; // the page's budget, compressed, everything it may load

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

const files = filesIn(BUILT)
  .filter((file) => !/(^|[\\/])sw\.js$|OFL\.txt$/.test(file))
  .sort();
const digest = createHash('sha256');
for (const file of files) digest.update(readFileSync(file));

const shell = [
  './',
  ...files
    .map((file) => `./${relative(BUILT, file).split(sep).join('/')}`)
    .filter((path) => path !== './index.html'),
];
const worker = readFileSync(new URL('./sw.js', import.meta.url), 'utf8')
  .replace('__NAME__', `evenfall-${digest.digest('hex').slice(0, 12)}`)
  .replace('__SHELL__', JSON.stringify(shell, null, 2));
writeFileSync(join(BUILT, 'sw.js'), worker);

const scripts = filesIn(BUILT).filter((file) => file.endsWith('.js'));
const weights = scripts.map((file) => gzipSync(readFileSync(file), { level: 9 }).length);
const total = weights.reduce((sum, weight) => sum + weight, 0);
scripts.forEach((file, at) => console.log(`${relative(BUILT, file)}  ${kb(weights[at])}`));
console.log(`script in total: ${kb(total)} compressed, of ${kb(SCRIPT_MAX_BYTES)}`);
if (total > SCRIPT_MAX_BYTES) {
  console.error('Too much script for an old tablet. Look at what was added, and leave it out.');
  process.exit(1);
}

function kb(bytes) {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
