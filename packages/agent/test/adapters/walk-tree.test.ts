/** Trees are synced from the leaves up and removed without leaving them. */
import { execFileSync } from 'node:child_process';
import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { realFileSystem } from '../../src/adapters/file-system-node.ts';
import type { FileSystem } from '../../src/adapters/file-system.ts';
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
      await expect(syncTree(withoutWhole(fs), join(root, 'tree'))).rejects.toMatchObject({
        code: 'EIO',
      });
      const seen = calls.length;
      expect(calls.filter((line) => line.startsWith('sync')).length).toBeLessThan(40);
      await new Promise((resolve) => setImmediate(resolve));
      expect(calls).toHaveLength(seen);
    }));
});

async function fill(root: string): Promise<string> {
  await mkdir(join(root, 'tree/sub'), { recursive: true });
  for (let index = 0; index < 12; index += 1) await writeFile(join(root, `tree/${index}`), '');
  await writeFile(join(root, 'tree/sub/last'), '');
  return join(root, 'tree');
}

const syncs = (calls: readonly string[]) => calls.filter((line) => line.startsWith('sync'));

describe('syncTree, of many files', () => {
  it('syncs the filesystem as a whole', () =>
    withTempDir(async (root) => {
      const tree = await fill(root);
      const { fs, calls } = createRecordingFileSystem(root);
      await syncTree(fs, tree);
      expect(syncs(calls)).toEqual(['syncFileSystem tree']);
    }));

  it('does so too for many directories with hardly a file of their own', () =>
    withTempDir(async (root) => {
      for (let index = 0; index < 9; index += 1) {
        await mkdir(join(root, `tree/sub/${index}`), { recursive: true });
      }
      await writeFile(join(root, 'tree/sub/5/only'), '');
      const { fs, calls } = createRecordingFileSystem(root);
      await syncTree(fs, join(root, 'tree'));
      expect(syncs(calls)).toEqual(['syncFileSystem tree']);
      const one = createRecordingFileSystem(root);
      await syncTree(withoutWhole(one.fs), join(root, 'tree'));
      expect(syncs(one.calls)).toHaveLength(12);
    }));

  it('passes on its failure', () =>
    withTempDir(async (root) => {
      const tree = await fill(root);
      const { fs, failOn } = createRecordingFileSystem(root);
      failOn(/^syncFileSystem /, 'EIO');
      await expect(syncTree(fs, tree)).rejects.toMatchObject({ code: 'EIO' });
    }));

  it('syncs one after the other where that cannot be done', () =>
    withTempDir(async (root) => {
      const tree = await fill(root);
      const { fs, calls } = createRecordingFileSystem(root);
      await syncTree(withoutWhole(fs), tree);
      const names = syncs(calls);
      expect(names).toHaveLength(15);
      expect(names.slice(-2)).toEqual(['sync tree/sub', 'sync tree']);
    }));

  it('leaves out what was durable under another name before', () =>
    withTempDir(async (root) => {
      const tree = await fill(root);
      await mkdir(join(root, 'old'));
      for (let index = 0; index < 12; index += 1) {
        await link(join(root, `tree/${index}`), join(root, `old/${index}`));
      }
      const { fs, calls } = createRecordingFileSystem(root);
      await syncTree(fs, tree);
      expect(syncs(calls)).toEqual(['sync tree/sub/last', 'sync tree/sub', 'sync tree']);
    }));
});

/** As on a system without sync(1). */
function withoutWhole(fs: FileSystem): FileSystem {
  const open: FileSystem['open'] = (path, flags, mode) => fs.open(path, flags, mode);
  return { ...realFileSystem, open, syncFileSystem: async () => false };
}

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
