/** What a server sends as gzip: the manifest, rubbish, and a bomb. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { unpackManifest } from '../../src/adapters/packed-manifest.ts';

const ADDRESS = 'https://example.org/manifest.json.gz';
const MANIFEST = Buffer.from('{"version":"1.0.0"}');
const PACKED = gzipSync(MANIFEST);

describe('unpackManifest', () => {
  it('gives what was packed, up to the last byte that is allowed', async () => {
    const bytes = await unpackManifest(PACKED, MANIFEST.length, ADDRESS);
    expect(Buffer.from(bytes)).toEqual(MANIFEST);
  });

  it('stops at the limit, however small a bomb is', async () => {
    await expectCode(unpackManifest(PACKED, MANIFEST.length - 1, ADDRESS), 'too-large');
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    await expectCode(unpackManifest(bomb, 1_000_000, ADDRESS), 'too-large');
  });

  it.each([
    ['plain JSON', MANIFEST],
    ['nothing', Buffer.alloc(0)],
    ['half of it', PACKED.subarray(0, -9)],
    ['a flipped bit', Buffer.from(PACKED).fill(0xff, 14, 15)],
  ])('refuses %s', async (_what, bytes) => {
    await expectCode(unpackManifest(bytes, 1000, ADDRESS), 'source-invalid');
  });
});
