/** A tree patch brings about what was packed, and one that was changed never more than the manifest allows. */
import { UpdateError } from '@pikit/protocol';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { createByteIndex } from '../../deploy/release/src/patch/byte-index.ts';
import { findCopies, type CopySource } from '../../deploy/release/src/patch/find-copies.ts';
import { createPatchWriter, patchHeader } from '../../deploy/release/src/patch/patch-writer.ts';
import { createPatchReader, type PatchBounds } from '../../packages/agent/src/core/tree-patch.ts';
import { property } from './fuzz.ts';
import { mutated } from './mutations.ts';

function sourceOf(bytes: Uint8Array): CopySource {
  const file = { start: 0, end: bytes.length, position: 0 };
  return { bytes, index: createByteIndex(bytes, 4), fileAt: () => file };
}

function patchOf(old: Uint8Array, files: readonly Uint8Array[]): Uint8Array {
  const source = sourceOf(old);
  const writer = createPatchWriter();
  const pieces = [patchHeader([...files.keys()])];
  for (const file of files) pieces.push(...writer.file(file, findCopies(file, [source])));
  return Buffer.concat([...pieces, ...writer.end()]);
}

/** What comes out, all files one behind the other. */
function follow(patch: Uint8Array, old: Uint8Array, bounds: PatchBounds, portion: number): Buffer {
  const reader = createPatchReader(bounds);
  const out: Uint8Array[] = [];
  for (let at = 0; at < patch.length; at += portion) {
    for (const step of reader.push(patch.subarray(at, at + portion))) {
      if (step.kind === 'literal') out.push(step.bytes.slice());
      if (step.kind === 'copy') {
        const { position, length } = step;
        expect(position >= 0 && position + length <= old.length).toBe(true);
        out.push(old.subarray(position, position + length));
      }
    }
  }
  reader.end();
  return Buffer.concat(out);
}

const OLD = Buffer.from(
  Array.from({ length: 600 }, (_, i) => `const value${String(i)} = ${String(i * i)};\n`).join(''),
);
const releases = fc.array(mutated([OLD, OLD.subarray(5000, 9000), Buffer.from('new')]), {
  minLength: 1,
  maxLength: 4,
});

property(
  'patch: any edits',
  fc.tuple(releases, fc.integer({ min: 1, max: 5000 })),
  ([files, portion]) => {
    const sizes = files.map(({ length }) => length);
    const patch = patchOf(OLD, files);
    const out = follow(patch, OLD, { sourceBytes: OLD.length, sizes }, portion);
    expect(out.equals(Buffer.concat(files))).toBe(true);
  },
);

const FILES = [OLD.subarray(0, 7000), Buffer.from('a new file'), OLD.subarray(3000)];
const SIZES = FILES.map(({ length }) => length);
const MOST = SIZES.reduce((sum, size) => sum + size, 0);

property('patch: mutated bytes', mutated([patchOf(OLD, FILES)]), (patch) => {
  try {
    const out = follow(patch, OLD, { sourceBytes: OLD.length, sizes: SIZES }, 1000);
    expect(out.length).toBeLessThanOrEqual(MOST);
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
    expect(error.code).toBe('bundle-invalid');
  }
});
