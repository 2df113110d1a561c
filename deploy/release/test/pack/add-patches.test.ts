/** From which releases a patch may lead to a new one, and that it becomes part of that. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { checkPatches } from '../../src/check-patches.ts';
import { readReleaseDirectory } from '../../src/release-directory.ts';
import { letters, NEW, OLD, packVersion } from '../patch/scene.ts';

let dir: TempDir;
let first: string;
beforeEach(async () => {
  dir = await makeTempDir();
  first = await packVersion(dir.path, '1.0.0', OLD);
});
afterEach(() => dir.remove());

describe('--previous', () => {
  it('adds a patch from each earlier release where it pays, and names it in the manifest', async () => {
    const other = await packVersion(dir.path, '1.0.5', { 'x.js': letters(77, 3000) });
    const second = await packVersion(dir.path, '1.1.0', NEW, [first, other]);
    const { manifest } = await readReleaseDirectory(second);
    const [patch, ...more] = manifest.patches ?? [];
    expect(more).toEqual([]);
    expect(patch?.name).toMatch(/^pikit-1\.1\.0\.from-[0-9a-f]{8}\.patch$/);
    expect((await readdir(second)).toSorted()).toEqual([
      'manifest.json',
      'manifest.json.gz',
      patch?.name,
      'pikit-1.1.0.tar.gz',
    ]);
    await checkPatches(second, manifest);
  });

  it('says nothing of patches in the manifest where there is none', async () => {
    const { manifest } = await readReleaseDirectory(first);
    expect(manifest).not.toHaveProperty('patches');
  });

  it.each([
    ['the same version', '1.0.0', NEW],
    ['a later version', '0.9.0', NEW],
  ])('refuses %s', async (_what, version, files) => {
    const releases = join(dir.path, 'elsewhere');
    const work = packVersion(releases, version, files, [first]);
    await expect(work).rejects.toMatchObject({ code: 'invalid-request', details: { path: first } });
    expect(await readdir(join(releases, 'releases'))).toEqual([]);
  });

  it('refuses one that was named twice, one of another product, and what is no release', async () => {
    const pack = (...previous: readonly string[]) => packVersion(dir.path, '1.1.0', NEW, previous);
    await expectCode(pack(first, first), 'invalid-request');
    const stranger = await buildRelease(
      { version: '1.0.0', files: OLD, manifest: { product: 'other' } },
      join(dir.path, 'stranger'),
    );
    await expect(pack(stranger.dir)).rejects.toMatchObject({
      code: 'invalid-request',
      details: { reason: 'is of other' },
    });
    await expectCode(pack(dir.path), 'file-missing');
    await writeFile(join(first, 'manifest.json'), '{}');
    await expectCode(pack(first), 'manifest-invalid');
  });
});
