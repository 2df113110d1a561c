/** Our BLAKE2b against the one that node:crypto has, and against digests that coreutils' b2sum tells. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { blake2b } from '../src/blake2b.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('blake2b', () => {
  it.each([0, 1, 74, 127, 128, 129, 255, 256, 257, 1000])('hashes %i bytes as OpenSSL', (size) => {
    const message = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7) & 0xff));
    const due = createHash('blake2b512').update(message).digest('hex');
    expect(hex(blake2b(message, 64))).toBe(due);
  });

  it.each([
    ['', '0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8'],
    ['abc', 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319'],
  ])('hashes %j to 32 bytes, which is not a piece of the longer digest', (text, due) => {
    expect(hex(blake2b(Buffer.from(text), 32))).toBe(due);
  });
});
