/**
 * Tars for the properties: real ones by `tar`, ours by hand, with bytes or whole fields of a header changed. Half of them
 * get right checksums afterwards, because a wrong one would be all that a reader ever sees.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { BLOCK, checksummed, gnuLong, GNU, member, pax, tar } from '../fixtures/hostile/raw-tar.ts';
import { honestFiles, honestMembers } from '../fixtures/hostile/release.ts';
import { mutated } from './mutations.ts';

export const VERSION = '2.0.0';

/** The honest release in four formats of `tar`, and by hand with every kind of header before an entry. */
function originals(): readonly Uint8Array[] {
  const [page, script] = honestFiles(VERSION);
  return [
    ...['v7', 'ustar', 'gnu', 'posix'].map((format) => byTar(format)),
    tar(...honestMembers(VERSION)),
    tar(pax({ path: page.name, mtime: '1.5' }), member({ ...page, name: 'x' }), member(script)),
    tar(gnuLong(page.name), member({ ...page, name: 'x', magic: GNU }), member(script)),
    tar(
      member({ name: 'pikit-web/', type: '5' }),
      ...honestMembers(VERSION),
      member({ name: 'pikit-web/link', type: '2', linkname: 'index.html' }),
    ),
  ];
}

function byTar(format: string): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), 'pk-'));
  try {
    for (const { name, content, mode = 0o644 } of honestFiles(VERSION)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), content, { mode });
    }
    return execFileSync('tar', ['cf', '-', `--format=${format}`, '-C', directory, '.']);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Offset and length in a header. */
const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  size: [124, 12],
  type: [156, 1],
  linkname: [157, 100],
  magic: [257, 8],
  prefix: [345, 155],
  /** Behind it. */
  content: [512, 4],
} as const;

const CONTENTS = [
  '',
  '../../evil',
  '/etc/evil',
  'pikit-web/index.html',
  'pikit-api.py',
  '00000000000',
  '77777777777',
  '-0000000001',
  '\u0080\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0002\u0000',
  '\u00ff'.repeat(12),
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  'x',
  'g',
  'L',
  'K',
  'S',
  '0004755',
  '\0',
  'a\\b',
  'pikit-web/',
];

interface FieldChange {
  readonly block: number;
  readonly field: keyof typeof FIELDS;
  /** Latin-1. */
  readonly content: string;
}

const fieldChanges: Arbitrary<FieldChange> = fc.record({
  block: fc.nat({ max: 8 }),
  field: fc.constantFrom(...(Object.keys(FIELDS) as (keyof typeof FIELDS)[])),
  content: fc.constantFrom(...CONTENTS),
});

function withField(bytes: Uint8Array, { block, field, content }: FieldChange): Uint8Array {
  const [offset, length] = FIELDS[field];
  const at = block * BLOCK + offset;
  if (at + length > bytes.length) return bytes;
  const copy = Buffer.from(bytes);
  copy.fill(0, at, at + length);
  copy.set(Buffer.from(content, 'latin1').subarray(0, length), at);
  return copy;
}

/** Whole blocks that go, come twice or stand elsewhere: archives that read well and hold something else. */
interface BlockChange {
  readonly kind: 'remove' | 'repeat' | 'move';
  readonly at: number;
  readonly count: number;
  readonly to: number;
}

const blockChanges: Arbitrary<BlockChange> = fc.record({
  kind: fc.constantFrom('remove', 'repeat', 'move'),
  at: fc.nat({ max: 12 }),
  count: fc.integer({ min: 1, max: 3 }),
  to: fc.nat({ max: 12 }),
});

function withBlocks(bytes: Uint8Array, { kind, at, count, to }: BlockChange): Uint8Array {
  const [start, end] = [at * BLOCK, (at + count) * BLOCK];
  const piece = bytes.subarray(start, end);
  if (kind === 'repeat') {
    return Buffer.concat([bytes.subarray(0, end), piece, bytes.subarray(end)]);
  }
  const rest = Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  if (kind === 'remove') return rest;
  return Buffer.concat([rest.subarray(0, to * BLOCK), piece, rest.subarray(to * BLOCK)]);
}

/** Every block that looks like a header gets the checksum that it should have. */
function withChecksums(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  for (let at = 0; at + BLOCK <= copy.length; at += BLOCK) {
    const block = copy.subarray(at, at + BLOCK);
    if (block.toString('latin1', 257, 262) === 'ustar') copy.set(checksummed(block), at);
  }
  return copy;
}

export function mutatedTars(): Arbitrary<Uint8Array> {
  const all = originals();
  const right = fc.constantFrom(...all);
  const changed = fc.oneof(
    mutated(all),
    fc
      .tuple(right, fc.array(blockChanges, { minLength: 1, maxLength: 2 }))
      .map(([bytes, list]) => list.reduce<Uint8Array>(withBlocks, bytes)),
    fc
      .tuple(fc.oneof(right, mutated(all)), fc.array(fieldChanges, { minLength: 1, maxLength: 3 }))
      .map(([bytes, list]) => list.reduce<Uint8Array>(withField, bytes)),
  );
  return fc
    .tuple(changed, fc.boolean())
    .map(([bytes, isMended]) => (isMended ? withChecksums(bytes) : bytes));
}
