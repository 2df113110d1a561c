/** Node's own calls behave as the interface says, where the disk relies on it. */
import { constants } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { realFileSystem } from '../../src/adapters/file-system.ts';

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
});
