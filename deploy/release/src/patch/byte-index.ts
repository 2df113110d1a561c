/**
 * Finds where sixteen bytes stand in a row of many: a table from their hash to the place, sampled so that its size stays
 * bounded. So it may not find what is there.
 */

/** What must be equal at least for a place to be found. */
export const WINDOW = 16;

const MAX_ENTRIES = 2 ** 21;
const MULTIPLIER = 0x01000193;
/** Of the byte that leaves the window: the multiplier to the power of what it was multiplied by since. */
const LEAVING = Array.from({ length: WINDOW }).reduce<number>(
  (one) => Math.imul(one, MULTIPLIER),
  1,
);

/** Knuth's, which spreads neighbouring hashes. */
const SPREAD = 0x9e3779b1;

export interface ByteIndex {
  /** Where the window of `target` at `at` stands, whose hash it is; -1 for nowhere. */
  readonly find: (target: Uint8Array, at: number, hash: number) => number;
}

/** Of the window that begins at `at`, which must lie inside. */
export function hashAt(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let i = at; i < at + WINDOW; i += 1)
    hash = (Math.imul(hash, MULTIPLIER) + (bytes[i] ?? 0)) | 0;
  return hash;
}

/** Of the window that begins one byte behind `at`, from the one at `at`. */
export function hashBehind(hash: number, bytes: Uint8Array, at: number): number {
  const leaving = Math.imul(bytes[at] ?? 0, LEAVING);
  return (Math.imul(hash, MULTIPLIER) + (bytes[at + WINDOW] ?? 0) - leaving) | 0;
}

/** Every `step` bytes, or more rarely where there are too many. The first place of several wins. */
export function createByteIndex(bytes: Uint8Array, step: number): ByteIndex {
  const stride = Math.max(step, Math.ceil(bytes.length / MAX_ENTRIES));
  const bits = Math.max(10, Math.ceil(Math.log2(bytes.length / stride + 1)) + 1);
  const shift = 32 - bits;
  const table = new Int32Array(2 ** bits).fill(-1);
  for (let at = 0; at + WINDOW <= bytes.length; at += stride) {
    const slot = Math.imul(hashAt(bytes, at), SPREAD) >>> shift;
    if (table[slot] === -1) table[slot] = at;
  }
  return {
    find(target, at, hash) {
      const place = table[Math.imul(hash, SPREAD) >>> shift] ?? -1;
      if (place === -1) return -1;
      for (let i = 0; i < WINDOW; i += 1) if (target[at + i] !== bytes[place + i]) return -1;
      return place;
    },
  };
}
