// After the build: writes the service worker with the list of what it keeps, and weighs the script.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUILT = fileURLToPath(new URL('../../src/evenfall/app/web/static/', import.meta.url));
const SCRIPT_MAX_BYTES = 60 * 1024; // the page's budget for a first load, compressed

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

/** What a page loads before anything is pressed: its script, whatever that imports, the worker. */
function firstLoad() {
  const html = readFileSync(join(BUILT, 'index.html'), 'utf8');
  const wanted = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, path]) => path);
  const found = new Set(['sw.js']);
  for (const path of wanted) {
    if (found.has(path)) continue;
    found.add(path);
    const script = readFileSync(join(BUILT, path), 'utf8');
    for (const [, name] of script.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
      wanted.push(`assets/${name}`);
    }
  }
  return found;
}

const first = firstLoad();
let total = 0;
for (const file of filesIn(BUILT).filter((path) => path.endsWith('.js'))) {
  const path = relative(BUILT, file).split(sep).join('/');
  const weight = gzipSync(readFileSync(file), { level: 9 }).length;
  if (first.has(path)) total += weight;
  console.log(`${path}  ${kb(weight)}${first.has(path) ? '' : '  when asked for'}`);
}
console.log(`script in a first load: ${kb(total)} compressed, of ${kb(SCRIPT_MAX_BYTES)}`);
if (total > SCRIPT_MAX_BYTES) {
  console.error('Too much script for an old tablet. Look at what was added, and leave it out.');
  process.exit(1);
}

function kb(bytes) {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
