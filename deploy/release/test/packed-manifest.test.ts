/** The second manifest of a release: the same everywhere, and never another one. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../test/support/temp-dir.ts';
import { hasPackedManifest, packManifest } from '../src/packed-manifest.ts';

const TEXT = '{"version":"1.0.0"}\n';
const BYTES = Buffer.from(TEXT);

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir.remove());

const put = (content: Uint8Array) => writeFile(join(dir.path, 'manifest.json.gz'), content);

describe('packManifest', () => {
  it('names neither a time nor a system, and leads back', () => {
    const packed = Buffer.from(packManifest(TEXT));
    expect(packed.subarray(0, 10).toString('hex')).toBe('1f8b08000000000002ff');
    expect(gunzipSync(packed)).toEqual(BYTES);
  });
});

describe('hasPackedManifest', () => {
  it('says whether it is there', async () => {
    expect(await hasPackedManifest(dir.path, BYTES)).toBe(false);
    await put(packManifest(TEXT));
    expect(await hasPackedManifest(dir.path, BYTES)).toBe(true);
  });

  it.each([
    ['of another manifest', gzipSync('{}')],
    ['that is no gzip', BYTES],
    ['that never ends', gzipSync(Buffer.alloc(40_000_000))],
  ])('refuses one %s', async (_what, content) => {
    await put(content);
    await expectCode(hasPackedManifest(dir.path, BYTES), 'hash-mismatch');
  });
});
