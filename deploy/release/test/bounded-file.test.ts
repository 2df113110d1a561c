/** Small files are read whole, whatever the path leads to, and large ones not at all. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
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

  it('reads a pipe of the shell to its end', async () => {
    const shell = spawn('bash', ['-c', 'exec 9< <(printf a); echo ready; read -r']);
    await once(shell.stdout, 'data');
    const pipe = await open(`/proc/${String(shell.pid)}/fd/9`);
    expect((await readBounded(`/dev/fd/${String(pipe.fd)}`, 5))?.toString()).toBe('a');
    await pipe.close();
    shell.stdin.end();
  });

  it('waits for no other pipe, and for the end of none that has more than it takes', () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'pipe');
      execFileSync('mkfifo', [path]);
      expect((await expectCode(readBounded(path, 5), 'file-missing')).message).toBe(
        `${path} is not a regular file`,
      );
      const holder = await open(path, 'r+');
      await holder.write('12345');
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

  it('does not take for absent what is there and cannot be read', async () => {
    // Linux opens it, and reads nothing at its beginning: EIO, as of a bad sector.
    await expectCode(readBounded('/proc/self/mem', 5), 'file-missing');
  });

  it('does not take for absent what is there and cannot be opened', () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'circle');
      await symlink('circle', path);
      const { details } = await expectCode(readBounded(path, 5), 'file-missing');
      expect(details).toEqual({ path, reason: 'cannot be read: ELOOP' });
    }));
});
