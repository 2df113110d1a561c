/** A header says one thing to every reader, or it is refused. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { checksumOf, parseTarHeader, refusedEntry, textOf } from '../../src/core/tar-header.ts';
import { rawHeader } from '../support/tar-blocks.ts';

const NAME = 'web/a.js';

describe('parseTarHeader', () => {
  it.each([
    ['digits and a NUL', '00000000017\0'],
    ['digits and a space', '00000000017 '],
    ['spaces before', '         17\0'],
    ['every column', '000000000017'],
    ['NUL and space', '0000017\0 \0\0\0'],
  ])('reads a size of %s', (_how, size) => {
    expect(parseTarHeader(rawHeader({ name: NAME, size })).size).toBe(15);
  });

  it.each([
    ['nothing', '\0'.repeat(12)],
    ['spaces', ' '.repeat(12)],
    ['base-256', '\x80\0\0\0\0\0\0\0\0\0\0\x05'],
    ['a negative base-256', '\xff'.repeat(12)],
    ['base-256 beyond all numbers', `\x80${'\xff'.repeat(11)}`],
    ['a sign', '-0000000001\0'],
    ['a plus', '+0000000001\0'],
    ['an eight', '00000000008\0'],
    ['hexadecimal', '0x000000001\0'],
    ['digits behind the end', '0001\x000000002\0'],
    ['digits behind a space', '0001 0000002\0'],
    ['NUL before', '\x0000000000017'],
  ])('refuses a size of %s', async (_what, size) => {
    const error = await expectCode(
      () => parseTarHeader(rawHeader({ name: NAME, size })),
      'entry-refused',
    );
    expect(error.details).toEqual({ path: NAME, reason: 'no size' });
  });

  it.each(['0000999\0', '\x80\0\0\0\0\0\x01\xed', '\0'.repeat(8)])(
    'refuses the mode %j',
    async (mode) => {
      const error = await expectCode(
        () => parseTarHeader(rawHeader({ name: NAME, mode })),
        'entry-refused',
      );
      expect(error.details['reason']).toBe('no mode');
    },
  );

  it.each([
    ['none', '\0'.repeat(8)],
    ['another one', '000001\0 '],
    ['one that is no number', 'checksum'],
    ['one in base-256', '\x80\0\0\0\0\0\0\x01'],
  ])('refuses a checksum that is %s', async (_what, checksum) => {
    await expectCode(() => parseTarHeader(rawHeader({ name: NAME, checksum })), 'bundle-invalid');
  });

  it('refuses a checksum over signed bytes, which old programs wrote', async () => {
    const right = rawHeader({ name: 'ü' });
    const signed = new Int8Array(right).reduce((sum, byte) => sum + byte, 0);
    const own = right.subarray(148, 156).reduce((sum, byte) => sum + byte, 0);
    const checksum = `${(signed - own + 8 * 32).toString(8).padStart(6, '0')}\0 `;
    expect(parseTarHeader(right).name).toBe('ü');
    await expectCode(() => parseTarHeader(rawHeader({ name: 'ü', checksum })), 'bundle-invalid');
  });

  it.each(['\0'.repeat(8), 'ustar\x0100', 'ustar 00', 'ustar', 'USTAR\x0000'.toLowerCase() + '!'])(
    'takes or refuses the magic %j as the library does',
    async (magic) => {
      const block = rawHeader({ name: NAME, magic });
      if (magic.startsWith('ustar\0') || magic === 'ustar') {
        expect(parseTarHeader(block).name).toBe(NAME);
      } else await expectCode(() => parseTarHeader(block), 'bundle-invalid');
    },
  );

  it('puts the prefix before the name in the ustar format alone', () => {
    const prefix = 'pikit-web/assets';
    expect(parseTarHeader(rawHeader({ name: 'a', prefix })).name).toBe(`${prefix}/a`);
    const gnu = rawHeader({ name: 'a', prefix, magic: 'ustar  \0' });
    expect(parseTarHeader(gnu).name).toBe('a');
  });

  it('reads a name without end, a link and a type', () => {
    const name = 'n'.repeat(100);
    const block = rawHeader({ name, typeflag: '2', linkName: 'l'.repeat(100), mode: '0004755\0' });
    expect(parseTarHeader(block)).toEqual({
      name,
      typeflag: '2',
      mode: 0o4755,
      size: 0,
      linkText: 'l'.repeat(100),
    });
  });
});

describe('textOf', () => {
  it('ends at the first NUL, keeps a byte order mark and shows what is no UTF-8', () => {
    expect(textOf(Buffer.from('a\0b'))).toBe('a');
    expect(textOf(Buffer.from('\uFEFFa'))).toBe('\uFEFFa');
    expect(textOf(Buffer.from([0x61, 0xff]))).toBe('a\uFFFD');
  });
});

describe('checksumOf', () => {
  it('does not count its own field', () => {
    expect(checksumOf(Buffer.alloc(512))).toBe(8 * 32);
    expect(checksumOf(rawHeader({ name: NAME, checksum: '77777777' }))).toBe(
      checksumOf(rawHeader({ name: NAME })),
    );
  });
});

describe('refusedEntry', () => {
  it('names the entry by its beginning, and the reason', () => {
    const error = refusedEntry('x'.repeat(1000), 'too long');
    expect(error.details).toEqual({ path: 'x'.repeat(200), reason: 'too long' });
  });
});
