/** What is written down is what the agent's reader reads. */
import { describe, expect, it } from 'vitest';
import {
  createPatchReader,
  SEGMENT_BYTES,
} from '../../../../packages/agent/src/core/tree-patch.ts';
import type { Instruction } from '../../src/patch/find-copies.ts';
import { createPatchWriter, patchHeader } from '../../src/patch/patch-writer.ts';

interface Made {
  readonly target: Uint8Array;
  readonly instructions: readonly Instruction[];
}

function written(files: Readonly<Record<number, Made>>): Buffer {
  const writer = createPatchWriter();
  const pieces: Uint8Array[] = [patchHeader(Object.keys(files).map(Number))];
  for (const { target, instructions } of Object.values(files)) {
    pieces.push(...writer.file(target, instructions));
  }
  return Buffer.concat([...pieces, ...writer.end()]);
}

/** What comes out, where each byte of the source is its position modulo 251. */
function followed(patch: Uint8Array, sizes: readonly number[], sourceBytes: number): Buffer {
  const reader = createPatchReader({ sourceBytes, sizes });
  const out: Uint8Array[] = [];
  for (const step of reader.push(patch)) {
    if (step.kind === 'literal') out.push(step.bytes.slice());
    if (step.kind === 'copy') out.push(sourceAt(step.position, step.length));
  }
  reader.end();
  return Buffer.concat(out);
}

function sourceAt(position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) bytes[i] = (position + i) % 251;
  return bytes;
}

describe('createPatchWriter', () => {
  it('writes files one behind the other', () => {
    const one = Buffer.concat([Buffer.from('new'), sourceAt(70, 10)]);
    const other = Buffer.concat([sourceAt(10, 5), Buffer.from('tail')]);
    const patch = written({
      1: { target: one, instructions: [{ literal: 3, position: 70, length: 10 }] },
      4: {
        target: other,
        instructions: [
          { literal: 0, position: 10, length: 5 },
          { literal: 4, position: 0, length: 0 },
        ],
      },
    });
    expect(followed(patch, [0, 13, 0, 0, 9], 100)).toEqual(Buffer.concat([one, other]));
  });

  it('cuts what is larger than a segment, literals and copies alike', () => {
    const literal = Buffer.alloc(SEGMENT_BYTES + 1000, 'x');
    const copied = sourceAt(5, 2 * SEGMENT_BYTES);
    const target = Buffer.concat([literal, copied]);
    const patch = written({
      0: {
        target,
        instructions: [{ literal: literal.length, position: 5, length: copied.length }],
      },
    });
    expect(patch.length).toBeLessThan(literal.length + 100);
    expect(followed(patch, [target.length], 3 * SEGMENT_BYTES).equals(target)).toBe(true);
  });

  it('ends a segment when its instructions have become too many', () => {
    const target = new Uint8Array(700_000);
    const instructions = Array.from({ length: 350_000 }, (_, i) => ({
      literal: 0,
      position: ((i * 7919) % 300_000) * 251,
      length: 2,
    }));
    const patch = written({ 0: { target, instructions } });
    const out = followed(patch, [target.length], 300_000 * 251 + 2);
    expect(out.equals(Buffer.from(target.map((_, i) => i % 2)))).toBe(true);
  });

  it('writes nothing for files that are empty but their numbers', () => {
    expect([...written({ 3: { target: new Uint8Array(), instructions: [] } })]).toEqual([1, 1, 3]);
  });
});
