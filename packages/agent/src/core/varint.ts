/**
 * Whole numbers in as few bytes as they need (LEB128, as in DWARF and protocol buffers), for tree patches: seven bits a byte,
 * the lowest first, the eighth says that more follow. Signed ones are folded, so that small ones of either sign stay short.
 */

/** Seven bytes hold 2^49: more than any size or position that a release can have. */
const MAX_BYTES = 7;

/** Reads on from `at`, which it moves. */
export interface Cursor {
  at: number;
  readonly bytes: Uint8Array;
  /** Behind the last byte that may be read. */
  readonly end: number;
}

/** Undefined where the bytes end too early; -1 where the number is too long, so that more bytes would not mend it. */
export function readVarint(cursor: Cursor): number | undefined {
  let [value, scale] = [0, 1];
  for (let length = 1; cursor.at < cursor.end; length += 1) {
    if (length > MAX_BYTES) return -1;
    const byte = cursor.bytes[cursor.at] ?? 0;
    cursor.at += 1;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 0x80;
  }
  return undefined;
}

/** Appends to `to`. `value` is a whole number below 2^49. */
export function writeVarint(value: number, to: number[]): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) to.push((rest % 0x80) + 0x80);
  to.push(rest);
}

export const fold = (signed: number): number => (signed < 0 ? -2 * signed - 1 : 2 * signed);

export const unfold = (folded: number): number =>
  folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
