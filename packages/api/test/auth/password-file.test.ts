/** The password file from nothing to its second password. */
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { isPassword } from '../../src/auth/password.ts';
import { readPasswordHash, writePassword } from '../../src/auth/password-file.ts';

describe('writePassword', () => {
  it('stores a hash that others cannot read, and replaces it', async () => {
    await withTempDir(async (directory) => {
      const path = join(directory, 'password');
      await writePassword(path, 'first password');
      await chmod(path, 0o777);
      await writePassword(path, 'second password');
      expect((await stat(path)).mode & 0o777).toBe(0o640);
      expect(await readFile(path, 'utf8')).not.toContain('second');
      const stored = await readPasswordHash(path);
      expect(await isPassword('second password', stored ?? '')).toBe(true);
      expect(await isPassword('first password', stored ?? '')).toBe(false);
    });
  });

  it.each([
    ['short', 'x'.repeat(7)],
    ['long', 'x'.repeat(1025)],
  ])('refuses one that is too %s', async (_what, password) => {
    await withTempDir(async (directory) => {
      const path = join(directory, 'password');
      await expectCode(writePassword(path, password), 'invalid-request');
      expect(await readPasswordHash(path)).toBeUndefined();
    });
  });
});

describe('readPasswordHash', () => {
  it('takes an empty file for no password', async () => {
    await withTempDir(async (directory) => {
      const path = join(directory, 'password');
      await writeFile(path, '\n');
      expect(await readPasswordHash(path)).toBeUndefined();
    });
  });

  it.each([
    ['cannot be read', (path: string) => mkdir(path)],
    ['cannot be read', (path: string) => writeFile(path, 'x'.repeat(5000))],
    ['does not hold the hash of a password', (path: string) => writeFile(path, 'hunter2')],
  ])(
    'says of a file that it %s, what to do, and nothing of what is in it',
    async (reason, make) => {
      await withTempDir(async (directory) => {
        const path = join(directory, 'password');
        await make(path);
        const error = await expectCode(readPasswordHash(path), 'config-invalid');
        expect(error.message).toContain(`${path} ${reason}; `);
        expect(error.message).toContain('pikit-api set-password');
        expect(error.message).not.toContain('hunter2');
        expect(error.details).toEqual({ key: 'password_file', reason });
      });
    },
  );
});
