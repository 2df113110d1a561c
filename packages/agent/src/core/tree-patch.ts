/**
 * The form of a tree patch, without its brotli: which files of a release it brings, and how their bytes come about from
 * those of an earlier release. Reading one allocates the same few megabytes whatever it says, and what comes out is bounded
 * by the sizes in the manifest. It judges no content: each file that comes out is checked by its own digest.
 *
 * A patch is the byte 1, then the number of its files and each one's distance from the one before, minus one (both as their
 * index in the manifest's list), and segments until the files are whole. A segment is the length of its instructions, that of
 * its literals, and the two. An instruction is a number of literal bytes to take, a number of bytes to copy, and, if that is
 * not 0, the folded distance of their position from where the last copy would be had it gone on. All numbers are varints.
 */
import { UpdateError } from '@pikit/protocol';
import { readVarint, unfold, type Cursor } from './varint.ts';

export const PATCH_FORMAT = 1;

/** Of what a segment makes, and of its instructions, each. */
export const SEGMENT_BYTES = 1024 * 1024;

/** Two lengths before the two. */
const MAX_UNIT_BYTES = 2 * SEGMENT_BYTES + 16;

/** What is to be done next. `literal` holds until more is pushed. */
export type PatchStep =
  /** The bytes that follow are this file's, an index in the manifest's list. */
  | { readonly kind: 'file'; readonly index: number }
  | { readonly kind: 'literal'; readonly bytes: Uint8Array }
  | { readonly kind: 'copy'; readonly position: number; readonly length: number };

export interface PatchBounds {
  /** Of all files of the earlier release together. */
  readonly sourceBytes: number;
  /** Of each file of the new one, in the order of its manifest. */
  readonly sizes: readonly number[];
}

export interface PatchReader {
  /** Takes bytes in any portions; what it answers must be taken to its end before the next. Throws `bundle-invalid`. */
  readonly push: (bytes: Uint8Array) => Generator<PatchStep, void>;
  /** Throws `bundle-invalid` unless every file is whole. */
  readonly end: () => void;
}

export function createPatchReader({ sourceBytes, sizes }: PatchBounds): PatchReader {
  const held = new Uint8Array(MAX_UNIT_BYTES);
  let filled = 0;
  let output: Output | undefined;
  /** Where the last copy would be had it gone on. */
  let expected = 0;

  function* follow({ instructions, literals }: Segment): Generator<PatchStep, void> {
    if (output === undefined) return;
    let [taken, made] = [0, 0];
    while (instructions.at < instructions.end) {
      const [literal, copied] = [numberIn(instructions), numberIn(instructions)];
      made += literal + copied;
      if (literal + copied === 0 || made > SEGMENT_BYTES)
        throw invalid('a segment of a wrong length');
      if (taken + literal > literals.length) throw invalid('more literals than there are');
      yield* output.literal(literals.subarray(taken, taken + literal));
      taken += literal;
      expected += literal;
      if (copied === 0) continue;
      const position = expected + unfold(numberIn(instructions));
      if (position < 0 || position + copied > sourceBytes) throw invalid('a copy from nowhere');
      yield* output.copy(position, copied);
      expected = position + copied;
    }
    if (taken < literals.length) throw invalid('literals that nothing takes');
  }

  /** What is whole of what is held; the rest moves to the front. */
  function* consume(): Generator<PatchStep, void> {
    const cursor = { bytes: held, at: 0, end: filled };
    let consumed = 0;
    for (; cursor.at < filled; consumed = cursor.at) {
      if (output === undefined) {
        const files = readFiles(cursor, sizes.length);
        if (files === undefined) break;
        output = createOutput(files, sizes);
        yield* output.begin();
      } else {
        if (output.isWhole()) throw invalid('it goes on behind its end');
        const segment = readSegment(cursor);
        if (segment === undefined) break;
        yield* follow(segment);
      }
    }
    held.copyWithin(0, consumed, filled);
    filled -= consumed;
  }

  return {
    *push(bytes) {
      for (let offset = 0; offset < bytes.length;) {
        const taken = Math.min(bytes.length - offset, held.length - filled);
        held.set(bytes.subarray(offset, offset + taken), filled);
        filled += taken;
        offset += taken;
        yield* consume();
      }
    },
    end() {
      if (output?.isWhole() !== true || filled > 0) throw invalid('it ends too early');
    },
  };
}

/** Undefined while they are not all there. */
function readFiles(cursor: Cursor, files: number): readonly number[] | undefined {
  const format = readVarint(cursor);
  if (format === undefined) return undefined;
  if (format !== PATCH_FORMAT) throw invalid(`a form that is not known: ${String(format)}`);
  const count = readVarint(cursor);
  if (count === undefined) return undefined;
  if (count < 1 || count > files) throw invalid('a wrong number of files');
  const indices: number[] = [];
  for (let last = -1; indices.length < count; indices.push(last)) {
    const distance = readVarint(cursor);
    if (distance === undefined) return undefined;
    last += distance + 1;
    if (distance < 0 || last >= files) throw invalid('a file that the manifest does not have');
  }
  return indices;
}

interface Segment {
  readonly instructions: Cursor;
  readonly literals: Uint8Array;
}

/** Undefined while it is not all there. */
function readSegment(cursor: Cursor): Segment | undefined {
  const { bytes, end } = cursor;
  const instructionBytes = readVarint(cursor);
  if (instructionBytes === undefined) return undefined;
  const literalBytes = readVarint(cursor);
  if (literalBytes === undefined) return undefined;
  const isBounded = [instructionBytes, literalBytes].every((n) => n >= 0 && n <= SEGMENT_BYTES);
  if (!isBounded || instructionBytes === 0) throw invalid('a segment of a wrong length');
  const start = cursor.at;
  const literals = start + instructionBytes;
  if (literals + literalBytes > end) return undefined;
  cursor.at = literals + literalBytes;
  return {
    instructions: { bytes, at: start, end: literals },
    literals: bytes.subarray(literals, cursor.at),
  };
}

function numberIn(instructions: Cursor): number {
  const value = readVarint(instructions);
  if (value === undefined || value < 0) throw invalid('an instruction that ends too early');
  return value;
}

interface Output {
  /** The first file. */
  readonly begin: () => Generator<PatchStep, void>;
  readonly literal: (bytes: Uint8Array) => Generator<PatchStep, void>;
  readonly copy: (position: number, length: number) => Generator<PatchStep, void>;
  readonly isWhole: () => boolean;
}

/** Cuts what comes out where one file ends and the next begins. */
function createOutput(files: readonly number[], sizes: readonly number[]): Output {
  let next = 0;
  let missing = 0;

  function* begin(): Generator<PatchStep, void> {
    while (missing === 0) {
      const index = files[next];
      if (index === undefined) return;
      next += 1;
      missing = sizes[index] ?? 0;
      yield { kind: 'file', index };
    }
  }
  function* cut(length: number, step: (at: number, size: number) => PatchStep) {
    for (let at = 0; at < length;) {
      if (missing === 0) throw invalid('more bytes than its files have');
      const size = Math.min(length - at, missing);
      yield step(at, size);
      at += size;
      missing -= size;
      yield* begin();
    }
  }
  return {
    begin,
    literal: (bytes) =>
      cut(bytes.length, (at, size) => ({ kind: 'literal', bytes: bytes.subarray(at, at + size) })),
    copy: (position, length) =>
      cut(length, (at, size) => ({ kind: 'copy', position: position + at, length: size })),
    isWhole: () => next === files.length && missing === 0,
  };
}

function invalid(reason: string): UpdateError {
  return new UpdateError('bundle-invalid', `the patch cannot be followed: ${reason}`, {
    details: { reason },
  });
}
