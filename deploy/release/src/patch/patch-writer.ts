/** Writes down a tree patch in the form of `tree-patch.ts`, segment by segment, so that it never holds more than one. */
import { PATCH_FORMAT, SEGMENT_BYTES } from '../../../../packages/agent/src/core/tree-patch.ts';
import { fold, writeVarint } from '../../../../packages/agent/src/core/varint.ts';
import type { Instruction } from './find-copies.ts';

/** Three numbers of seven bytes at most. */
const MAX_INSTRUCTION_BYTES = 21;

export interface PatchWriter {
  /** What of it is due to be written. `target` is the file, which the instructions make from its beginning to its end. */
  readonly file: (
    target: Uint8Array,
    instructions: Iterable<Instruction>,
  ) => Generator<Uint8Array, void>;
  readonly end: () => Generator<Uint8Array, void>;
}

/** `files`: their indices in the manifest, ascending. */
export function patchHeader(files: readonly number[]): Uint8Array {
  const numbers: number[] = [];
  writeVarint(PATCH_FORMAT, numbers);
  writeVarint(files.length, numbers);
  files.forEach((index, i) => {
    writeVarint(index - (files[i - 1] ?? -1) - 1, numbers);
  });
  return Uint8Array.from(numbers);
}

export function createPatchWriter(): PatchWriter {
  let instructions: number[] = [];
  let literals = new Uint8Array(SEGMENT_BYTES);
  let [taken, made, expected] = [0, 0, 0];

  function* flush(): Generator<Uint8Array, void> {
    if (made === 0) return;
    const lengths: number[] = [];
    writeVarint(instructions.length, lengths);
    writeVarint(taken, lengths);
    yield Uint8Array.from(lengths);
    yield Uint8Array.from(instructions);
    yield literals.slice(0, taken);
    instructions = [];
    [taken, made] = [0, 0];
  }

  function* room(): Generator<Uint8Array, number> {
    const isFull = instructions.length + MAX_INSTRUCTION_BYTES > SEGMENT_BYTES;
    if (isFull || made === SEGMENT_BYTES) yield* flush();
    return SEGMENT_BYTES - made;
  }

  return {
    *file(target, list) {
      let at = 0;
      for (const { literal, position, length } of list) {
        let [toTake, toCopy] = [literal, length];
        while (toTake + toCopy > 0) {
          const space = yield* room();
          const taking = Math.min(toTake, space);
          const copying = Math.min(toCopy, space - taking);
          literals.set(target.subarray(at, at + taking), taken);
          writeVarint(taking, instructions);
          writeVarint(copying, instructions);
          expected += taking;
          const from = position + length - toCopy;
          if (copying > 0) {
            writeVarint(fold(from - expected), instructions);
            expected = from + copying;
          }
          taken += taking;
          made += taking + copying;
          at += taking + copying;
          toTake -= taking;
          toCopy -= copying;
        }
      }
    },
    end: flush,
  };
}
