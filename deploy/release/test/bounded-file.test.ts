/** Small files are read whole, whatever the path leads to, and large ones not at all. */
import { execFileSync, spawn } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
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

  it('reads a pipe to its end, and stops where there is none', () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'pipe');
      execFileSync('mkfifo', [path]);
      spawn('sh', ['-c', 'printf a > "$0"; ', path]);
      expect((await readBounded(path, 5))?.toString()).toBe('a');
      await expectCode(readBounded('/dev/zero', 1000), 'too-large');
    }));

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
