/** Directories are made with what is missing above them, and the system's own word is passed on. */
import { existsSync } from 'node:fs';
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTempDir } from '../../../test/support/temp-dir.ts';
import { errnoOf } from '../src/disk-failure.ts';
import { makeDirectory } from '../src/make-directory.ts';

it('makes what is missing, and is content with what is there', () =>
  withTempDir(async (root) => {
    const path = join(root, 'a/b/c');
    await makeDirectory(path);
    await makeDirectory(path);
    expect((await stat(path)).isDirectory()).toBe(true);
    await mkdir(join(path, 'd'));
  }));

it('tells what is in the way', () =>
  withTempDir(async (root) => {
    await writeFile(join(root, 'file'), '');
    const failed = makeDirectory(join(root, 'file/a'));
    expect(await failed.then(() => 'made', errnoOf)).toBe('ENOTDIR');
  }));

it.skipIf(!existsSync('/proc/self'))(
  'ends where the system makes none, and has no reason to give',
  async () => {
    const failed = makeDirectory('/proc/pikit-none/a');
    expect(await failed.then(() => 'made', errnoOf)).toBe('ENOENT');
  },
);

it('takes a link to a directory for one', () =>
  withTempDir(async (root) => {
    await symlink('.', join(root, 'link'));
    await makeDirectory(join(root, 'link/a'));
    await makeDirectory(join(root, 'link'));
    expect((await stat(join(root, 'a'))).isDirectory()).toBe(true);
  }));
