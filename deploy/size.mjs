/**
 * How large the element is that every page loads, packed as it is served. Exits 1 when it has grown beyond its limit, so that
 * growth is a decision and never an accident. Run it after a build; `--json` prints one line for a program.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { UI } from './outputs.mjs';

/** Bytes. Raise it only for what is worth it to every page, and say why in the commit. */
const LIMIT = 30_450;

const sizeOf = (name) =>
  gzipSync(readFileSync(new URL(`../${UI}/${name}`, import.meta.url)), { level: 9 }).length;

const elementGzipBytes = sizeOf('pikit-updates.js');
const germanGzipBytes = sizeOf('pikit-updates.german.js');
const isWithin = elementGzipBytes <= LIMIT;

if (process.argv.includes('--json')) {
  process.stdout.write(
    `${JSON.stringify({ elementGzipBytes, germanGzipBytes, limitGzipBytes: LIMIT })}\n`,
  );
} else {
  process.stdout.write(
    `pikit-updates.js, with everything, in English: ${elementGzipBytes} bytes packed\n`,
  );
  process.stdout.write(
    `pikit-updates.german.js, for a page in German: ${germanGzipBytes} bytes more\n`,
  );
}
if (!isWithin) {
  process.stderr.write(
    `the element is larger than its limit of ${LIMIT} bytes (deploy/size.mjs)\n`,
  );
  process.exitCode = 1;
}
