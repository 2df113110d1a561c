/**
 * Web pages as a bundler writes them: an index, scripts and style sheets with their digest in the name, pictures and fonts that
 * no compression makes smaller. The same workload gives the same bytes; a changed tree keeps what a release would keep.
 */
import { createHash } from 'node:crypto';
import { createRandom } from './random.ts';
import type { Change, GeneratedWorkload } from './workload.ts';

export interface TreeFile {
  /** Below the directory that is served. */
  readonly path: string;
  readonly content: Buffer;
  readonly isExecutable?: boolean;
}

/** A typical release changes one of so many files. */
const TYPICAL_EACH = 33;
/** The chunk in which the application begins names all others, so that it is edited with each of them. It is a large one. */
const ENTRY = { index: 1, bytes: 1_200_000, mostShare: 0.2 };
/** Of the files, those that are pictures and fonts. */
const BINARY_SHARE = 0.2;

type Kind = 'script' | 'style' | 'picture';

/** Nothing of it is kept in memory but one file. Without a change it is the release that is installed. */
export function* generateTree(
  workload: GeneratedWorkload,
  change: Change = 'none',
): Generator<TreeFile> {
  const names: string[] = [];
  for (let index = 1; index < workload.files; index += 1) {
    const file = generateFile(workload, index, change);
    if (file.path.endsWith('.js') && names.length < 8) names.push(file.path);
    yield file;
  }
  const tags = names.map((name) => `<script type="module" src="/${name}"></script>`);
  const page = ['<!doctype html>', '<title>Pi-Kit</title>', '<div id="app"></div>', ...tags, ''];
  yield { path: 'index.html', content: Buffer.from(page.join('\n')) };
}

function generateFile(workload: GeneratedWorkload, index: number, change: Change): TreeFile {
  const seed = [workload.family ?? workload.name, index];
  const random = createRandom(...seed);
  const isEntry = index === ENTRY.index;
  const kind = isEntry ? 'script' : kindOf(random());
  const size = isEntry ? entryBytes(workload) : sizeOf(workload, random());
  const stem = isEntry ? 'index' : `${pick(SYLLABLES, random)}${String(index)}`;
  const edition = change === 'all' ? 'second' : 'first';
  const first = contentOf(kind, size, createRandom(...seed, edition));
  const isEdited = change === 'typical' && isAmongEdited(workload, index);
  const places = isEntry ? (workload.changed ?? Math.ceil(workload.files / TYPICAL_EACH)) : 3;
  const content = isEdited ? edited(first, kind, places, createRandom(...seed, 'edit')) : first;
  const digest = createHash('sha256').update(content).digest('base64url').slice(0, 8);
  return { path: `assets/${stem}-${digest}.${ENDINGS[kind]}`, content };
}

/** A number that is given counts the index, too, which comes last and names the first ones. */
function isAmongEdited({ changed }: GeneratedWorkload, index: number): boolean {
  if (changed !== undefined) return index < changed;
  return index === ENTRY.index || index % TYPICAL_EACH === 5;
}

const ENDINGS: Readonly<Record<Kind, string>> = { script: 'js', style: 'css', picture: 'webp' };

function kindOf(chance: number): Kind {
  if (chance < BINARY_SHARE) return 'picture';
  return chance < BINARY_SHARE + 0.1 ? 'style' : 'script';
}

function entryBytes({ bytes, entryBytes }: GeneratedWorkload): number {
  return entryBytes ?? Math.min(ENTRY.bytes, bytes * ENTRY.mostShare);
}

/** Many small files and a few large ones: from a seventh of the average to three times it. */
function sizeOf(workload: GeneratedWorkload, chance: number): number {
  const average = (workload.bytes - entryBytes(workload)) / workload.files;
  return Math.max(200, Math.round(average * (0.15 + 2.55 * chance * chance)));
}

function contentOf(kind: Kind, size: number, random: () => number): Buffer {
  const content = Buffer.allocUnsafe(size);
  if (kind === 'picture') {
    for (let at = 0; at < size; at += 1) content[at] = random() * 256;
    return content;
  }
  const words = kind === 'script' ? SCRIPT_WORDS : STYLE_WORDS;
  for (let at = 0; at < size;) {
    // The first words are the frequent ones, as in any language.
    const word = words[Math.floor(random() ** 3 * words.length)] ?? BLANK;
    at += word.copy(content, at);
  }
  return content;
}

/** A few places differ, and what stands behind them has moved. Pictures are replaced. */
function edited(content: Buffer, kind: Kind, count: number, random: () => number): Buffer {
  if (kind === 'picture') return contentOf(kind, content.length, random);
  const places = Array.from({ length: count }, () =>
    Math.floor(random() * content.length),
  ).toSorted((one, other) => one - other);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const place of places) {
    const dropped = Math.floor(random() * 30);
    pieces.push(content.subarray(from, place), contentOf('script', 10 + dropped, random));
    from = Math.min(content.length, place + dropped);
  }
  return Buffer.concat([...pieces, content.subarray(from)]);
}

function pick(words: readonly string[], random: () => number): string {
  return words[Math.floor(random() * words.length)] ?? '';
}

const SYLLABLES = 'ma ro ti ke lu ven dor sil pan gre bo chi'.split(' ');
const BLANK = Buffer.from(' ');

/** Names as a minifier leaves them, the language's own words, and texts. */
function vocabulary(frame: readonly string[], count: number): readonly Buffer[] {
  const random = createRandom('words', count);
  const letters = 'etaoinshrdlucmfwypvbgkjqxz';
  const name = (length: number): string =>
    Array.from({ length }, () => letters[Math.floor(random() ** 1.5 * letters.length)]).join('');
  const words = Array.from({ length: count }, (_, index) =>
    index % 3 === 0 ? `${name(1 + (index % 2))}${pick(MARKS, random)}` : name(2 + (index % 9)),
  );
  return [...frame, ...words].map((word) => Buffer.from(word));
}

const MARKS = ['(', ')', ',', '.', '=', ';', '=>', '&&', '?', ':', '[0]', '){'];
const SCRIPT_WORDS = vocabulary(
  'e( t, n. ){return function( ;const  let  this. ===  ||void 0 =>{ null, })) .map( .push( .length import{ }from" typeof '.split(
    ' ',
  ),
  1600,
);
const STYLE_WORDS = vocabulary(
  '{color:var(-- ;} padding: margin:0 display:flex; px rem :hover{ .btn- #fff; border-radius:'.split(
    ' ',
  ),
  900,
);
