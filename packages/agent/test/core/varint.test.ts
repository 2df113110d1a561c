/** Whole numbers in few bytes, there and back. */
import { describe, expect, it } from 'vitest';
import { fold, readVarint, unfold, writeVarint } from '../../src/core/varint.ts';

function written(value: number): Uint8Array {
  const bytes: number[] = [];
  writeVarint(value, bytes);
  return Uint8Array.from(bytes);
}
const read = (bytes: Uint8Array) => {
  const cursor = { bytes, at: 0, end: bytes.length };
  return { value: readVarint(cursor), at: cursor.at };
};

describe('a varint', () => {
  it.each([
    [0, 1],
    [127, 1],
    [128, 2],
    [300, 2],
    [2 ** 32, 5],
    [2 ** 49 - 1, 7],
  ])('of %i takes %i bytes', (value, length) => {
    expect(written(value)).toHaveLength(length);
    expect(read(written(value))).toEqual({ value, at: length });
  });

  it('is the one of the standard', () => {
    expect([...written(300)]).toEqual([0xac, 0x02]);
  });

  it('is missing something while the last byte says that more follow', () => {
    expect(read(Uint8Array.of(0x80, 0xff)).value).toBeUndefined();
    expect(read(new Uint8Array()).value).toBeUndefined();
  });

  it('is never longer than a size can be', () => {
    expect(read(new Uint8Array(9).fill(0x80)).value).toBe(-1);
  });
});

describe('fold', () => {
  it.each([0, -1, 1, -2, 2, 2 ** 40, -(2 ** 40)])('%i can be unfolded', (value) => {
    expect(unfold(fold(value))).toBe(value);
  });

  it('keeps small ones of either sign small', () => {
    expect([0, -1, 1, -2, 2].map(fold)).toEqual([0, 1, 2, 3, 4]);
  });
});
