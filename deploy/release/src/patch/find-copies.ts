/**
 * What of a new file stands somewhere in old ones already: first where the last copy would go on, then in the file that it
 * probably was, then anywhere. One pass, greedy, the same for the same bytes.
 */
import { hashAt, hashBehind, WINDOW, type ByteIndex } from './byte-index.ts';

/** Where the last copy would go on, so few say nothing; elsewhere they cost more than they save. */
const MIN_RESUMED = 4;

/** After a kilobyte without a find, and another, it looks less closely: what is found grows back over what was skipped. */
const HASTE_BITS = 10;
/** Odd, as all before it: an even one would for ever miss what is indexed at even places. */
const MAX_STRIDE = 15;

/** Bytes of old files that can be copied from. */
export interface CopySource {
  readonly bytes: Uint8Array;
  readonly index: ByteIndex;
  /** The file around an offset: a copy stays inside. `position` is that of its first byte in the patch's source. */
  readonly fileAt: (offset: number) => OldFile;
}

export interface OldFile {
  readonly start: number;
  readonly end: number;
  readonly position: number;
}

/** Take `literal` bytes of the new file, then copy `length` bytes from `position`; a `length` of 0 is the end. */
export interface Instruction {
  readonly literal: number;
  readonly position: number;
  readonly length: number;
}

interface Match {
  readonly source: CopySource;
  readonly file: OldFile;
  /** In the source's bytes. */
  readonly offset: number;
  /** In the new file. */
  readonly at: number;
  readonly length: number;
}

/** In the order of preference. */
export function* findCopies(
  target: Uint8Array,
  sources: readonly CopySource[],
): Generator<Instruction, void> {
  let taken = 0;
  let last = firstGuess(sources);
  for (;;) {
    const match = nextMatch(target, taken, last, sources);
    if (match === undefined) break;
    const position = match.file.position + match.offset - match.file.start;
    yield { literal: match.at - taken, position, length: match.length };
    taken = match.at + match.length;
    last = match;
  }
  if (taken < target.length) yield { literal: target.length - taken, position: 0, length: 0 };
}

/** As if a copy of nothing had ended where the probable predecessor begins. */
function firstGuess([source]: readonly CopySource[]): Match | undefined {
  if (source === undefined || source.bytes.length === 0) return undefined;
  return { source, file: source.fileAt(0), offset: 0, at: 0, length: 0 };
}

/** The loop that everything waits for: it allocates nothing until it has found something. */
function nextMatch(
  target: Uint8Array,
  from: number,
  last: Match | undefined,
  sources: readonly CopySource[],
): Match | undefined {
  const goesOn = last === undefined ? 0 : last.offset - last.at;
  let hash = from + WINDOW <= target.length ? hashAt(target, from) : 0;
  for (let at = from; at < target.length;) {
    if (last !== undefined && target[at] === last.source.bytes[at + goesOn]) {
      const match = resumed(target, at, last);
      if (match !== undefined) return match;
    }
    const stride = Math.min(MAX_STRIDE, 2 * ((at - from) >> HASTE_BITS) + 1);
    if (at + WINDOW + stride <= target.length) {
      const match = longest(target, at, hash, from, sources);
      if (match !== undefined) return match;
      hash = stride === 1 ? hashBehind(hash, target, at) : hashAt(target, at + stride);
    }
    at += stride;
  }
  return undefined;
}

function resumed(target: Uint8Array, at: number, last: Match): Match | undefined {
  const { source, file } = last;
  const offset = last.offset + at - last.at;
  const length = equalBytes(target, at, source.bytes, offset, file.end);
  return length < MIN_RESUMED ? undefined : { source, file, offset, at, length };
}

/** It may grow back to `from`, where what is not copied yet begins. */
function longest(
  target: Uint8Array,
  at: number,
  hash: number,
  from: number,
  sources: readonly CopySource[],
): Match | undefined {
  let best: Match | undefined;
  for (const source of sources) {
    const found = source.index.find(target, at, hash);
    if (found === -1) continue;
    const file = source.fileAt(found);
    const ahead = equalBytes(target, at, source.bytes, found, file.end);
    if (ahead < WINDOW) continue;
    const most = Math.min(at - from, found - file.start);
    let back = 0;
    while (back < most && target[at - back - 1] === source.bytes[found - back - 1]) back += 1;
    const length = ahead + back;
    if (best === undefined || length > best.length) {
      best = { source, file, offset: found - back, at: at - back, length };
    }
  }
  return best;
}

function equalBytes(
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  offset: number,
  end: number,
): number {
  const limit = Math.min(target.length - at, end - offset);
  let length = 0;
  while (length < limit && target[at + length] === bytes[offset + length]) length += 1;
  return length;
}
