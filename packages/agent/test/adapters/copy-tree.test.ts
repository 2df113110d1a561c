/** A copy is told from the original by nothing but its inode. */
import { execFileSync } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { copyTree } from '../../src/adapters/copy-tree.ts';
import { realFileSystem } from '../../src/adapters/file-system-node.ts';
import { createRecordingFileSystem } from './recording-file-system.ts';

const isRoot = process.getuid?.() === 0;

async function makeSource(root: string): Promise<void> {
  await mkdir(join(root, 'from/sub'), { recursive: true });
  await writeFile(join(root, 'from/sub/big'), Buffer.alloc(700_000, 7));
  await writeFile(join(root, 'from/run.sh'), '#!/bin/sh\n');
  await chmod(join(root, 'from/run.sh'), 0o4751);
  await symlink('../nowhere', join(root, 'from/dangling'));
  await utimes(join(root, 'from/run.sh'), 1_000_000, 2_000_000);
  await chmod(join(root, 'from/sub'), 0o550);
  await utimes(join(root, 'from/sub'), 3_000_000, 4_000_000);
}

describe('copyTree', () => {
  it('keeps content, modes, times and links, and leaves out what is no file', () =>
    withTempDir(async (root) => {
      await makeSource(root);
      execFileSync('mkfifo', [join(root, 'from/pipe')]);
      await copyTree(realFileSystem, join(root, 'from'), join(root, 'to'), isRoot);

      expect(await readdir(join(root, 'to'))).toEqual(['dangling', 'run.sh', 'sub']);
      expect(await readlink(join(root, 'to/dangling'))).toBe('../nowhere');
      const script = await lstat(join(root, 'to/run.sh'));
      expect(script.mode & 0o7777).toBe(0o4751);
      expect(script.mtimeMs).toBe(2_000_000_000);
      const sub = await lstat(join(root, 'to/sub'));
      expect(sub.mode & 0o777).toBe(0o550);
      expect(sub.mtimeMs).toBe(4_000_000_000);
      const big = await readFile(join(root, 'to/sub/big'));
      expect(big.equals(Buffer.alloc(700_000, 7))).toBe(true);
    }));

  it.runIf(isRoot)(`keeps owners when it may${isRoot ? '' : ' (skipped: needs root)'}`, () =>
    withTempDir(async (root) => {
      await makeSource(root);
      await realFileSystem.lchown(join(root, 'from/run.sh'), 12, 34);
      await chmod(join(root, 'from/run.sh'), 0o4751);
      await realFileSystem.lchown(join(root, 'from/dangling'), 56, 78);
      await copyTree(realFileSystem, join(root, 'from'), join(root, 'to'), true);
      expect(await lstat(join(root, 'to/run.sh'))).toMatchObject({ uid: 12, gid: 34 });
      expect((await lstat(join(root, 'to/run.sh'))).mode & 0o7777).toBe(0o4751);
      expect(await lstat(join(root, 'to/dangling'))).toMatchObject({ uid: 56, gid: 78 });
    }),
  );

  it('never changes owners when it may not', () =>
    withTempDir(async (root) => {
      await makeSource(root);
      const { fs, calls } = createRecordingFileSystem(root);
      await copyTree(fs, join(root, 'from'), join(root, 'to'), false);
      expect(calls.filter((line) => line.includes('chown'))).toEqual([]);
    }));

  it('replaces nothing', () =>
    withTempDir(async (root) => {
      await makeSource(root);
      await writeFile(join(root, 'to'), 'mine');
      const copy = copyTree(realFileSystem, join(root, 'from/run.sh'), join(root, 'to'), false);
      await expect(copy).rejects.toMatchObject({ code: 'EEXIST' });
      expect(await readFile(join(root, 'to'), 'utf8')).toBe('mine');
    }));
});
