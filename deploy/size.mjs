/**
 * How large the element is, packed as it is served: what every page loads, and what comes later. Exits 1 when it has grown beyond a
 * limit, so that growth is a decision and never an accident. Run it after a build; `--json` prints one line for a program.
 */
import { readFileSync } from 'node:fs';
import { UI } from './outputs.mjs';
import { pack } from './pack.mjs';

/** Bytes. Raise one only for what is worth it to every page, or to whoever opens the dialog, and say why in the commit. */
const LIMITS = { entry: 12_090, whole: 31_540 };

const textOf = (name) => readFileSync(new URL(`../${UI}/${name}`, import.meta.url));
const sizeOf = async (text) => (await pack(text)).length;

const entry = textOf('pikit-updates.js');
/** The names of the others are their content: only the element's own file knows them. */
const laterFile = async (name) => {
  const [path] =
    new RegExp(String.raw`assets/pikit-${name}-[\w-]{8}\.js`).exec(entry.toString()) ?? [];
  if (path === undefined) throw new Error(`pikit-updates.js names no file for ${name}`);
  return sizeOf(textOf(path));
};

const entryGzipBytes = await sizeOf(entry);
const fillingGzipBytes = await laterFile('filling-english');
const germanGzipBytes = (await laterFile('german-chip')) + (await laterFile('filling-german'));
const elementGzipBytes = entryGzipBytes + fillingGzipBytes;
const sizes = { elementGzipBytes, entryGzipBytes, fillingGzipBytes, germanGzipBytes };

if (process.argv.includes('--json')) {
  const limits = { limitGzipBytes: LIMITS.whole, entryLimitGzipBytes: LIMITS.entry };
  process.stdout.write(`${JSON.stringify({ ...sizes, ...limits })}\n`);
} else {
  process.stdout.write(`pikit-updates.js, which every page loads: ${entryGzipBytes} bytes packed
what fills the dialog, when the page has come to rest: ${fillingGzipBytes} bytes
both, which is everything in English: ${elementGzipBytes} bytes
a page in German: ${germanGzipBytes} bytes in the place of ${fillingGzipBytes}
`);
}
for (const [what, size, limit] of [
  ['what every page loads', entryGzipBytes, LIMITS.entry],
  ['the element with all of its dialog in English', elementGzipBytes, LIMITS.whole],
]) {
  if (size <= limit) continue;
  process.stderr.write(`${what} is larger than its limit of ${limit} bytes (deploy/size.mjs)\n`);
  process.exitCode = 1;
}
