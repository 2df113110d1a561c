/** Errors of the content stay what they are, and a broken transfer leaves what a resume needs. */
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { diskFailure } from '../../src/adapters/disk-failure.ts';
import { realFileSystem } from '../../src/adapters/file-system-node.ts';
import { appendBytes, createFile, resumeFile } from '../../src/adapters/stream-write.ts';
import { chunksOf, createRecordingFileSystem } from './recording-file-system.ts';

const translate = (error: unknown): Error => diskFailure(error, 'write', '/x');
const reset = Object.assign(new Error('connection lost'), { code: 'ECONNRESET' });

const syncsOf = (calls: readonly string[]): readonly string[] =>
  calls.filter((line) => line.startsWith('sync'));

async function* broken(...chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  yield* chunksOf(...chunks);
  throw reset;
}

describe('createFile', () => {
  it('makes parents, sets the mode whatever the umask and tells the digest', () =>
    withTempDir(async (root) => {
      const path = join(root, 'a/b/run');
      const before = process.umask(0o077);
      try {
        const result = createFile(realFileSystem, path, 0o755, chunksOf('he', 'llo'), translate);
        expect(await result).toEqual({
          sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
          size: 5,
        });
      } finally {
        process.umask(before);
      }
      expect((await stat(path)).mode & 0o777).toBe(0o755);
    }));

  it('neither replaces a file nor follows a link', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, 'mine'), 'mine');
      await symlink('elsewhere', join(root, 'link'));
      for (const name of ['mine', 'link']) {
        const path = join(root, name);
        const work = createFile(realFileSystem, path, 0o644, chunksOf('x'), translate);
        const error = await expectCode(work, 'write-failed');
        expect(error.details['errno']).toBe('EEXIST');
      }
      expect(await readdir(root)).toEqual(['link', 'mine']);
      expect(await readFile(join(root, 'mine'), 'utf8')).toBe('mine');
    }));

  it('passes the error of the content on as it is and removes the half file', () =>
    withTempDir(async (root) => {
      const work = createFile(realFileSystem, join(root, 'x'), 0o644, broken('half'), translate);
      await expect(work).rejects.toBe(reset);
      expect(await readdir(root)).toEqual([]);
    }));

  it('says no-space when the disk is full', () =>
    withTempDir(async (root) => {
      const { fs, failOn } = createRecordingFileSystem(root);
      failOn(/^write x/, 'ENOSPC');
      await expectCode(
        createFile(fs, join(root, 'x'), 0o644, chunksOf('a'), translate),
        'no-space',
      );
      expect(await readdir(root)).toEqual([]);
    }));
});

describe('resumeFile', () => {
  it('cuts what lies beyond the offset, goes on from there and syncs', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'd'));
      await writeFile(join(root, 'd/x'), '1234junk');
      const { fs, calls } = createRecordingFileSystem(root);
      await resumeFile(fs, join(root, 'd/x'), 4, chunksOf('56', '7'), translate);
      expect(await readFile(join(root, 'd/x'), 'utf8')).toBe('1234567');
      expect(syncsOf(calls)).toEqual(['sync d', 'sync d/x']);
    }));

  it('makes parents, and their names durable too, also where nothing comes', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      await resumeFile(fs, join(root, 'd/e/x'), 0, chunksOf(), translate);
      expect(syncsOf(calls)).toEqual(['sync d/e', `sync ${root}`, 'sync d', 'sync d/e/x']);
    }));

  it('keeps and syncs what came before the connection broke', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      const work = resumeFile(fs, join(root, 'x'), 0, broken('abc', 'def'), translate);
      await expect(work).rejects.toBe(reset);
      expect(await readFile(join(root, 'x'), 'utf8')).toBe('abcdef');
      expect(calls).toContain('sync x');
    }));

  it('syncs nothing of what is short, and all once it is not', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      const resume = (offset: number, content: AsyncIterable<Uint8Array>) =>
        resumeFile(fs, join(root, 'd/x'), offset, content, translate, 6);
      await resume(0, chunksOf('12', '345'));
      await expect(resume(0, broken('12', '345'))).rejects.toBe(reset);
      expect(syncsOf(calls)).toEqual([]);
      await expect(resume(5, broken('6'))).rejects.toBe(reset);
      expect(syncsOf(calls)).toEqual(['sync d', 'sync d/x']);
      expect(await readFile(join(root, 'd/x'), 'utf8')).toBe('123456');
    }));

  it('refuses an offset beyond the end, which would leave a hole', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, 'x'), '12');
      const work = resumeFile(realFileSystem, join(root, 'x'), 3, chunksOf('4'), translate);
      await expectCode(work, 'write-failed');
      expect(await readFile(join(root, 'x'), 'utf8')).toBe('12');
    }));
});

describe('appendBytes', () => {
  it('adds to the end, durably when asked', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'd'));
      const { fs, calls } = createRecordingFileSystem(root);
      await appendBytes(fs, join(root, 'd/log'), Buffer.from('1\n'), { durable: false });
      expect(calls.filter((line) => line.startsWith('sync'))).toEqual([]);
      await appendBytes(fs, join(root, 'd/log'), Buffer.from('2\n'), { durable: true });
      await appendBytes(fs, join(root, 'd/new'), Buffer.from('1\n'), { durable: true });
      expect(calls.filter((line) => line.startsWith('sync'))).toEqual([
        'sync d/log',
        'sync d/new',
        'sync d',
      ]);
      expect(await readFile(join(root, 'd/log'), 'utf8')).toBe('1\n2\n');
    }));

  it('does not write through a link', () =>
    withTempDir(async (root) => {
      await symlink('elsewhere', join(root, 'log'));
      const work = appendBytes(realFileSystem, join(root, 'log'), Buffer.from('x'), {
        durable: false,
      });
      await expect(work).rejects.toMatchObject({ code: 'ELOOP' });
    }));
});
