/** A patch is followed as a device does it, and one that leads elsewhere is found out. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { followPatch } from '../../src/patch/follow-patch.ts';
import { makePatch } from '../../src/patch/make-patch.ts';
import { NEW, OLD, packPair, type Pair } from './scene.ts';

let dir: TempDir;
let pair: Pair;
let path: string;
beforeEach(async () => {
  dir = await makeTempDir();
  pair = await packPair(dir.path, OLD, NEW);
  path = join(dir.path, 'a.patch');
  await makePatch(pair.old, pair.files, path);
});
afterEach(() => dir.remove());

const follow = (files = pair.files) => followPatch(path, pair.old, files);

async function change(edit: (raw: Buffer) => Buffer): Promise<void> {
  const raw = brotliDecompressSync(await readFile(path));
  await writeFile(path, brotliCompressSync(edit(raw)));
}

describe('followPatch', () => {
  it('agrees when every file comes out', async () => {
    await expect(follow()).resolves.toBeUndefined();
  });

  it('says which file does not', async () => {
    const files = pair.files.map((file) =>
      file.path === 'web/index.html' ? { ...file, sha256: '0'.repeat(64) } : file,
    );
    await expect(follow(files)).rejects.toMatchObject({
      code: 'hash-mismatch',
      details: { path: 'web/index.html' },
    });
  });

  it('refuses a literal that was changed', async () => {
    await change((raw) =>
      Buffer.from(raw.toString('latin1').replace('NEW CODE', 'BAD CODE'), 'latin1'),
    );
    await expect(follow()).rejects.toMatchObject({
      code: 'hash-mismatch',
      details: { path: 'web/assets/index-bbbbbbbb.js' },
    });
  });

  it.each([
    ['cut', (raw: Buffer) => raw.subarray(0, -1)],
    ['longer', (raw: Buffer) => Buffer.concat([raw, Buffer.of(0)])],
  ])('refuses one that is %s', async (_what, edit) => {
    await change(edit);
    await expectCode(follow(), 'bundle-invalid');
  });
});
