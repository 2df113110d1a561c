/** Finds where sixteen bytes stand, and nothing that is not there. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createByteIndex, hashAt, hashBehind, WINDOW } from '../../src/patch/byte-index.ts';

/** That do not repeat themselves. */
const bytes = createHash('shake256', { outputLength: 5000 }).digest();

describe('a rolling hash', () => {
  it('is the one of the window it has rolled to', () => {
    let hash = hashAt(bytes, 0);
    for (let at = 0; at + WINDOW < 400; at += 1) {
      hash = hashBehind(hash, bytes, at);
      expect(hash).toBe(hashAt(bytes, at + 1));
    }
  });
});

describe('createByteIndex', () => {
  it('finds nearly all that stands at each step', () => {
    const index = createByteIndex(bytes, 4);
    const places = Array.from({ length: 1247 }, (_, i) => 4 * i);
    const found = places.map((at) => index.find(bytes, at, hashAt(bytes, at)));
    const wrong = found.filter((place, i) => place !== -1 && place !== places[i]);
    expect(wrong).toEqual([]);
    expect(found.filter((place) => place !== -1).length).toBeGreaterThan(1000);
  });

  it('finds it in another row of bytes', () => {
    const index = createByteIndex(bytes, 4);
    const target = Uint8Array.of(9, ...bytes.subarray(800, 816));
    expect(index.find(target, 1, hashAt(target, 1))).toBe(800);
  });

  it('answers with the first of several', () => {
    const index = createByteIndex(new Uint8Array(1000), 1);
    expect(index.find(new Uint8Array(16), 0, hashAt(new Uint8Array(16), 0))).toBe(0);
  });

  it('does not believe a hash', () => {
    const index = createByteIndex(bytes, 1);
    expect(index.find(new Uint8Array(16), 0, hashAt(bytes, 0))).toBe(-1);
  });

  it('is empty for less than a window', () => {
    const index = createByteIndex(new Uint8Array(15), 1);
    expect(index.find(new Uint8Array(16), 0, hashAt(new Uint8Array(16), 0))).toBe(-1);
  });
});
