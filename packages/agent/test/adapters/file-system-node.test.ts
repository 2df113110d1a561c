/** Node's own calls behave as the interface says, where the disk relies on it. */
import { constants } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { realFileSystem } from '../../src/adapters/file-system-node.ts';

describe('realFileSystem', () => {
  it('fails with an errno name, and creates exclusively with O_EXCL', () =>
    withTempDir(async (root) => {
      const path = join(root, 'x');
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
      await (await realFileSystem.open(path, flags, 0o600)).close();
      await expect(realFileSystem.open(path, flags, 0o600)).rejects.toMatchObject({
        code: 'EEXIST',
      });
      await expect(realFileSystem.rmdir(path)).rejects.toMatchObject({ code: 'ENOTDIR' });
    }));

  it('measures in the numbers that the disk multiplies', async () => {
    const { bsize, bavail, files, ffree } = await realFileSystem.statfs('/');
    for (const value of [bsize, bavail, files, ffree]) expect(value).toBeTypeOf('number');
    expect(bsize * bavail).toBeGreaterThan(0);
  });

  it('lets others have a turn while thousands of calls are made', () =>
    withTempDir(async (root) => {
      let isOver = false;
      let turns = 0;
      const count = (): void => {
        turns += 1;
        if (!isOver) setImmediate(count);
      };
      count();
      const began = performance.now();
      while (performance.now() - began < 200) await realFileSystem.lstat(root, { bigint: true });
      isOver = true;
      // One in five milliseconds, or fewer where the machine stood still.
      expect(turns).toBeGreaterThan(3);
    }));

  it('reads and writes long and short pieces alike', () =>
    withTempDir(async (root) => {
      const path = join(root, 'x');
      const flags = constants.O_RDWR | constants.O_CREAT;
      for (const length of [10, 300_000]) {
        const file = await realFileSystem.open(path, flags, 0o600);
        const content = Buffer.alloc(length, length);
        expect(await file.write(content, 0, length, 0)).toMatchObject({ bytesWritten: length });
        const read = Buffer.alloc(length);
        expect(await file.read(read, 0, length, 0)).toMatchObject({ bytesRead: length });
        expect(read.equals(content)).toBe(true);
        await file.close();
      }
    }));

  it('syncs the filesystem of a path, and fails with an errno name for none', () =>
    withTempDir(async (root) => {
      expect(await realFileSystem.syncFileSystem(root)).toBe(true);
      await expect(realFileSystem.syncFileSystem(join(root, 'gone'))).rejects.toMatchObject({
        code: 'EIO',
      });
    }));
});
