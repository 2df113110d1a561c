/** The arithmetic of signatures against published vectors: RFC 8032, section 7.1, test 2, and RFC 7693, appendix A. */
import { describe, expect, it } from 'vitest';
import { signatureMath } from '../../src/adapters/signature-crypto.ts';

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex');

const KEY = hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
const MESSAGE = hex('72');
const SIGNATURE = hex(
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
);

describe('verify', () => {
  it('accepts the published signature and no other bit of it', () => {
    expect(signatureMath.verify(KEY, MESSAGE, SIGNATURE)).toBe(true);
    for (const at of [0, 31, 32, 63]) {
      const flipped = SIGNATURE.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(signatureMath.verify(KEY, MESSAGE, flipped)).toBe(false);
    }
    expect(signatureMath.verify(KEY, hex('73'), SIGNATURE)).toBe(false);
  });

  it('is false, and does not throw, for what is no signature and no point of the curve', () => {
    expect(signatureMath.verify(KEY, MESSAGE, hex(''))).toBe(false);
    expect(signatureMath.verify(hex('ff'.repeat(32)), MESSAGE, SIGNATURE)).toBe(false);
    expect(signatureMath.verify(hex('00'.repeat(32)), MESSAGE, SIGNATURE)).toBe(false);
  });
});

describe('blake2b512', () => {
  it('gives the published digest', () => {
    expect(Buffer.from(signatureMath.blake2b512(Buffer.from('abc'))).toString('hex')).toBe(
      'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923',
    );
  });
});
