/** The digest is SHA-256, in the form that the protocol writes it. */
import { describe, expect, it } from 'vitest';
import { digest } from '../../src/adapters/digest-crypto.ts';

describe('digest', () => {
  it('gives the published test vector', () => {
    expect(digest(Buffer.from('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
