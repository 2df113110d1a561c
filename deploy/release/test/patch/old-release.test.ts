/** An earlier release as patches are made from it: whole and checked, whatever its names are. */
import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { unpackOldRelease } from '../../src/patch/old-release.ts';
import { OLD, packVersion } from './scene.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir.remove());

describe('unpackOldRelease', () => {
  it('lays its files down by number, and reads from all of them as from one', async () => {
    const release = await packVersion(dir.path, '1.0.0', OLD);
    const old = await unpackOldRelease(release, join(dir.path, 'old'));
    const paths = old.manifest.files.map(({ path }) => path);
    expect(paths).toEqual([
      'web/assets/index-aaaaaaaa.js',
      'web/assets/logo.svg',
      'web/empty.txt',
      'web/index.html',
    ]);
    expect((await readdir(join(dir.path, 'old'))).toSorted()).toEqual(['0', '1', '3']);
    expect(await old.fileAt(2)).toHaveLength(0);
    const all = await buffer(old.read(0, old.source?.bytes ?? 0));
    const expected = paths.map((path) => OLD[path.slice(4)]).join('');
    expect(all.toString()).toBe(expected);
    const piece = await buffer(old.read(59_990, 20));
    expect(piece.toString()).toBe(expected.slice(59_990, 60_010));
  });

  it('reads a bundle that was made by hand', async () => {
    const { dir: release } = await buildRelease(
      { version: '1.0.0', files: { 'web/a': 'one', b: 'two' }, form: 'full' },
      dir.path,
    );
    const old = await unpackOldRelease(release, join(dir.path, 'old'));
    expect(Buffer.from(await old.fileAt(1)).toString()).toMatch(/^(?:one|two)$/);
    expect(old.source?.bytes).toBe(6);
  });

  it('counts nothing where the manifest names no sizes', async () => {
    const { dir: release } = await buildRelease(
      { version: '1.0.0', files: { a: 'one' } },
      dir.path,
    );
    expect((await unpackOldRelease(release, join(dir.path, 'old'))).source).toBeUndefined();
  });

  it('refuses one that is not what it was', async () => {
    const release = await packVersion(dir.path, '1.0.0', OLD);
    await appendFile(join(release, 'pikit-1.0.0.tar.gz'), 'x');
    await expectCode(unpackOldRelease(release, join(dir.path, 'old')), 'too-large');
    await expectCode(unpackOldRelease(dir.path, join(dir.path, 'old')), 'file-missing');
  });
});
