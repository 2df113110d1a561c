/** The patches in a directory against those in the manifest. */
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../test/support/temp-dir.ts';
import { checkPatches } from '../src/check-patches.ts';
import { readReleaseDirectory } from '../src/release-directory.ts';
import { NEW, OLD, packVersion } from './patch/scene.ts';

let dir: TempDir;
let release: string;
let patch: string;
beforeEach(async () => {
  dir = await makeTempDir();
  const first = await packVersion(dir.path, '1.0.0', OLD);
  release = await packVersion(dir.path, '1.1.0', NEW, [first]);
  const { manifest } = await readReleaseDirectory(release);
  patch = join(release, manifest.patches?.[0]?.name ?? '');
});
afterEach(() => dir.remove());

const check = async () => checkPatches(release, (await readReleaseDirectory(release)).manifest);

describe('checkPatches', () => {
  it('agrees with what was packed', async () => {
    await expect(check()).resolves.toBeUndefined();
  });

  it('misses one that is not there', async () => {
    await rm(patch);
    await expectCode(check(), 'file-missing');
  });

  it('finds one that was changed or grew', async () => {
    const bytes = await readFile(patch);
    await writeFile(patch, bytes.fill(0, 20, 21));
    await expectCode(check(), 'hash-mismatch');
    await appendFile(patch, 'x');
    await expectCode(check(), 'hash-mismatch');
  });
});
