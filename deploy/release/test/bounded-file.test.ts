/** Small files are read whole, whatever the path leads to, and large ones not at all. */
import { execFileSync } from 'node:child_process';
import { open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { withTempDir } from '../../../test/support/temp-dir.ts';
import { readBounded } from '../src/bounded-file.ts';

describe('readBounded', () => {
  it('reads a file of just the size that it may have, and none that is larger', () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'key');
      await writeFile(path, '12345');
      expect((await readBounded(path, 5))?.toString()).toBe('12345');
      expect((await expectCode(readBounded(path, 4), 'too-large')).details).toMatchObject({
        path: 'key',
        limit: 4,
      });
    }));

  it('reads the pipe of a shell, and waits for no other', () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'pipe');
      execFileSync('mkfifo', [path]);
      expect((await expectCode(readBounded(path, 5), 'file-missing')).message).toBe(
        `${path} is not a regular file`,
      );
      const holder = await open(path, 'r+');
      await holder.write('12345');
      // It goes on to read until somebody closes the pipe, or there is more than it takes.
      await expectCode(readBounded(`/dev/fd/${String(holder.fd)}`, 4), 'too-large');
      await holder.close();
    }));

  it('stops where there is no end', async () => {
    await expectCode(readBounded('/dev/zero', 1000), 'too-large');
  });

  it('answers nothing for a directory and for what is not there', () =>
    withTempDir(async (dir) => {
      expect(await readBounded(dir, 5)).toBeUndefined();
      expect(await readBounded(join(dir, 'gone'), 5)).toBeUndefined();
    }));

  it('does not take for absent what is there and cannot be opened', () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'circle');
      await symlink('circle', path);
      const { details } = await expectCode(readBounded(path, 5), 'file-missing');
      expect(details).toEqual({ path, reason: 'cannot be read: ELOOP' });
    }));
});
