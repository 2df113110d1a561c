/** Small files: limits when reading, all or nothing when writing. */
import { chmod, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../test/support/expect-code.ts';
import { withTempDir } from '../../../test/support/temp-dir.ts';
import { isMissing, makeOwnDirectory, readSmallFile, writeDurably } from '../src/durable-file.ts';

describe('readSmallFile', () => {
  it('reads up to the limit and not a byte more', async () => {
    await withTempDir(async (directory) => {
      const path = join(directory, 'f');
      await writeFile(path, 'grüße');
      expect(await readSmallFile(path, 7)).toBe('grüße');
      await expectCode(readSmallFile(path, 6), 'too-large');
    });
  });

  it('has nothing to say of a file that is not there', async () => {
    expect(await readSmallFile('/nonexistent/f', 10)).toBeUndefined();
  });
});

describe('writeDurably', () => {
  it('replaces the content and sets the mode, leaving nothing beside it', async () => {
    await withTempDir(async (directory) => {
      const path = join(directory, 'f');
      await writeDurably(path, 'one', 0o644);
      await writeDurably(path, 'two', 0o600);
      expect(await readSmallFile(path, 10)).toBe('two');
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(await readdir(directory)).toEqual(['f']);
    });
  });

  it('leaves nothing behind when it fails', async () => {
    await withTempDir(async (directory) => {
      const path = join(directory, 'f');
      await mkdir(join(path, 'occupied'), { recursive: true });
      const outcome = await writeDurably(path, 'one', 0o600).then(
        () => 'written',
        () => 'failed',
      );
      expect(outcome).toBe('failed');
      expect(await readdir(directory)).toEqual(['f']);
    });
  });
});

describe('makeOwnDirectory', () => {
  it('makes one for its own user, and leaves one that is there as it is', async () => {
    await withTempDir(async (directory) => {
      const path = join(directory, 'own');
      await makeOwnDirectory(path);
      expect((await stat(path)).mode & 0o777).toBe(0o700);
      await chmod(path, 0o750);
      await makeOwnDirectory(path);
      expect((await stat(path)).mode & 0o777).toBe(0o750);
    });
  });

  it('makes parents for everybody', async () => {
    await withTempDir(async (directory) => {
      const before = process.umask(0o077);
      await makeOwnDirectory(join(directory, 'var/lib/own')).finally(() => process.umask(before));
      const modes = ['var', 'var/lib', 'var/lib/own'].map(
        async (name) => (await stat(join(directory, name))).mode & 0o777,
      );
      expect(await Promise.all(modes)).toEqual([0o755, 0o755, 0o700]);
    });
  });

  it('does not go round where a link leads nowhere', async () => {
    await withTempDir(async (directory) => {
      await symlink('nowhere', join(directory, 'lib'));
      await expect(makeOwnDirectory(join(directory, 'lib/own'))).rejects.toMatchObject({
        code: 'ENOENT',
      });
    });
  });
});

describe('isMissing', () => {
  it.each([
    ['ENOENT', true],
    ['ENOTDIR', true],
    ['EACCES', false],
  ])('answers for %s with %s', (code, expected) => {
    expect(isMissing(Object.assign(new Error('x'), { code }))).toBe(expected);
    expect(isMissing(code)).toBe(false);
  });
});
