/** Files that are whole or not there, and what was there before. */
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { withTempDir } from '../../../test/support/temp-dir.ts';
import { assertFree, placeFile } from '../src/durable-file.ts';

const SECRET = { mode: 0o600, replace: false };

describe('placeFile', () => {
  it('writes a file with the mode that it shall have, and nothing else', () =>
    withTempDir(async (dir) => {
      await placeFile(join(dir, 'a'), 'text', SECRET);
      await placeFile(join(dir, 'b'), 'text', { mode: 0o666, replace: false });
      expect(await readFile(join(dir, 'a'), 'utf8')).toBe('text');
      expect((await stat(join(dir, 'a'))).mode & 0o777).toBe(0o600);
      expect((await stat(join(dir, 'b'))).mode & 0o777).toBe(0o666);
      expect((await readdir(dir)).toSorted()).toEqual(['a', 'b']);
    }));

  it('replaces what is there only when it is told to', () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'a');
      await writeFile(path, 'old');
      await expectCode(placeFile(path, 'new', SECRET), 'write-failed');
      expect(await readFile(path, 'utf8')).toBe('old');
      await placeFile(path, 'new', { mode: 0o644, replace: true });
      expect(await readFile(path, 'utf8')).toBe('new');
      expect(await readdir(dir)).toEqual(['a']);
    }));

  it('does without hard links, which a stick with FAT has not, and still overwrites nothing', () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'a');
      const refused = Object.assign(new Error('EPERM'), { code: 'EPERM' });
      const noLinks = () => Promise.reject(refused);
      await placeFile(path, 'text', SECRET, noLinks);
      expect(await readFile(path, 'utf8')).toBe('text');
      await expectCode(placeFile(path, 'new', SECRET, noLinks), 'write-failed');
      expect(await readFile(path, 'utf8')).toBe('text');
      expect(await readdir(dir)).toEqual(['a']);
    }));

  it('leaves nothing behind when it fails', () =>
    withTempDir(async (dir) => {
      await mkdir(join(dir, 'a'));
      await expectCode(
        placeFile(join(dir, 'a'), 'x', { mode: 0o644, replace: true }),
        'write-failed',
      );
      await expectCode(placeFile(join(dir, 'gone/a'), 'x', SECRET), 'write-failed');
      expect(await readdir(dir)).toEqual(['a']);
    }));
});

describe('assertFree', () => {
  it('sees files and links that lead nowhere', () =>
    withTempDir(async (dir) => {
      await assertFree(join(dir, 'a'));
      await symlink('nowhere', join(dir, 'a'));
      await expectCode(assertFree(join(dir, 'a')), 'write-failed');
    }));
});
