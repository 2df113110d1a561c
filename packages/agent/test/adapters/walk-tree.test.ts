/** Trees are synced from the leaves up and removed without leaving them. */
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { realFileSystem } from '../../src/adapters/file-system.ts';
import { removeTree, syncTree } from '../../src/adapters/walk-tree.ts';
import { createRecordingFileSystem } from './recording-file-system.ts';

describe('syncTree', () => {
  it('syncs each file before the directory that names it, and touches nothing behind a link', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'tree/sub'), { recursive: true });
      await mkdir(join(root, 'outside'));
      await writeFile(join(root, 'outside/x'), '');
      await writeFile(join(root, 'tree/a'), 'a');
      await writeFile(join(root, 'tree/sub/b'), 'b');
      await symlink('../outside', join(root, 'tree/link'));
      execFileSync('mkfifo', [join(root, 'tree/pipe')]);
      const { fs, calls } = createRecordingFileSystem(root);
      await syncTree(fs, join(root, 'tree'));
      expect(calls.filter((line) => line.startsWith('sync'))).toEqual([
        'sync tree/a',
        'sync tree/sub/b',
        'sync tree/sub',
        'sync tree',
      ]);
    }));

  it('passes on the first failure and begins nothing after it', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'tree'));
      for (let index = 0; index < 40; index += 1) {
        await writeFile(join(root, `tree/${index}`), '');
      }
      const { fs, calls, failOn } = createRecordingFileSystem(root);
      failOn(/^sync /, 'EIO', 1);
      await expect(syncTree(fs, join(root, 'tree'))).rejects.toMatchObject({ code: 'EIO' });
      const seen = calls.length;
      expect(calls.filter((line) => line.startsWith('sync')).length).toBeLessThan(40);
      await new Promise((resolve) => setImmediate(resolve));
      expect(calls).toHaveLength(seen);
    }));
});

describe('removeTree', () => {
  it('removes a big tree without following its links', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'outside'));
      await writeFile(join(root, 'outside/keep'), 'kept');
      for (let folder = 0; folder < 20; folder += 1) {
        await mkdir(join(root, `tree/${folder}/deep`), { recursive: true });
        for (let file = 0; file < 25; file += 1) {
          await writeFile(join(root, `tree/${folder}/deep/${file}`), '');
        }
        await symlink(join(root, 'outside'), join(root, `tree/${folder}/link`));
      }
      expect(await removeTree(realFileSystem, join(root, 'tree'))).toBe(true);
      expect(await readdir(root)).toEqual(['outside']);
      expect(await readFile(join(root, 'outside/keep'), 'utf8')).toBe('kept');
    }));

  it('removes a link itself, and says when there was nothing', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'outside'));
      await symlink('outside', join(root, 'link'));
      expect(await removeTree(realFileSystem, join(root, 'link'))).toBe(true);
      expect(await removeTree(realFileSystem, join(root, 'link'))).toBe(false);
      expect(await readdir(root)).toEqual(['outside']);
    }));

  it('opens a directory that its owner may not write', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'tree'));
      await writeFile(join(root, 'tree/a'), '');
      const { fs, calls, failOn } = createRecordingFileSystem(root);
      failOn(/^unlink tree\/a/, 'EACCES', 1);
      await removeTree(fs, join(root, 'tree'));
      expect(calls).toContain('chmod tree');
      expect(await readdir(root)).toEqual([]);
    }));
});
