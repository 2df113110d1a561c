/** The order of calls that a power cut cannot undo, and what is left when one of them fails. */
import { constants } from 'node:fs';
import { mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import {
  makeDirectoryDurably,
  pointSymlinkDurably,
  renameDurably,
  writeAll,
  writeDurably,
  writeUnsynced,
} from '../../src/adapters/durable-write.ts';
import { realFileSystem } from '../../src/adapters/file-system-node.ts';
import { isTemporaryOf } from '../../src/core/layout.ts';
import { createRecordingFileSystem } from './recording-file-system.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

const no = (): never => {
  throw new Error('not for this test');
};
const unused = {
  read: no,
  stat: no,
  chmod: no,
  chown: no,
  utimes: no,
  truncate: no,
  sync: no,
  close: no,
};

describe('writeDurably', () => {
  it('syncs the file before the rename and the directory after it', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      await mkdir(join(root, 'etc'));
      await writeDurably(fs, join(root, 'etc/v'), bytes('1.0.0\n'), 0o640);
      expect(calls).toEqual([
        'open etc/.v.pikit-X',
        'write etc/.v.pikit-X',
        'chmod etc/.v.pikit-X',
        'sync etc/.v.pikit-X',
        'close etc/.v.pikit-X',
        'rename etc/.v.pikit-X',
        'open etc',
        'sync etc',
        'close etc',
      ]);
      expect(await readFile(join(root, 'etc/v'), 'utf8')).toBe('1.0.0\n');
      expect((await stat(join(root, 'etc/v'))).mode & 0o777).toBe(0o640);
    }));

  it('gives the file to its owner before it has its mode', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
      await writeDurably(fs, join(root, 'v'), bytes('1.0.0\n'), 0o640, owner);
      expect(calls.slice(1, 5)).toEqual([
        'write .v.pikit-X',
        'chown .v.pikit-X',
        'chmod .v.pikit-X',
        'sync .v.pikit-X',
      ]);
    }));

  it('writes it all the same where the filesystem knows no owners', () =>
    withTempDir(async (root) => {
      const { fs, failOn } = createRecordingFileSystem(root);
      failOn(/^chown /, 'EPERM');
      await writeDurably(fs, join(root, 'v'), bytes('new'), 0o644, { uid: 1, gid: 1 });
      expect(await readFile(join(root, 'v'), 'utf8')).toBe('new');
    }));

  it.each(['write', 'sync', 'rename'])(
    'keeps the old file and leaves no temporary one when %s fails',
    (call) =>
      withTempDir(async (root) => {
        const { fs, calls, failOn } = createRecordingFileSystem(root);
        await writeFile(join(root, 'v'), 'old');
        failOn(new RegExp(`^${call} .*pikit-X`), 'EIO');
        await expect(writeDurably(fs, join(root, 'v'), bytes('new'), 0o644)).rejects.toMatchObject({
          code: 'EIO',
        });
        expect(await readdir(root)).toEqual(['v']);
        expect(await readFile(join(root, 'v'), 'utf8')).toBe('old');
        expect(calls.filter((line) => line.startsWith(`${call} `))).toHaveLength(1);
      }),
  );

  it('gives its temporary file a name that a later start knows for one of ours', () =>
    withTempDir(async (root) => {
      const path = join(root, `${'ä'.repeat(100)}.service`);
      const names: string[] = [];
      const rename = async (from: string, to: string) => {
        names.push(posix.basename(from));
        await realFileSystem.rename(from, to);
      };
      await writeDurably({ ...realFileSystem, rename }, path, bytes('x'), 0o644);
      expect(names.map((name) => isTemporaryOf(path, name))).toEqual([true]);
    }));

  it('writes once more when another process took its temporary file for a leftover', () =>
    withTempDir(async (root) => {
      let renames = 0;
      const rename = async (from: string, to: string) => {
        renames += 1;
        if (renames === 1) await realFileSystem.unlink(from);
        await realFileSystem.rename(from, to);
      };
      await writeDurably({ ...realFileSystem, rename }, join(root, 'v'), bytes('x'), 0o644);
      expect(await readdir(root)).toEqual(['v']);
    }));

  it('says so when the directory cannot be synced, and does not try again', () =>
    withTempDir(async (root) => {
      const { fs, calls, failOn } = createRecordingFileSystem(root);
      await mkdir(join(root, 'd'));
      failOn(/^sync d$/, 'EIO');
      await expect(writeDurably(fs, join(root, 'd/v'), bytes('x'), 0o644)).rejects.toMatchObject({
        code: 'EIO',
        unsynced: join(root, 'd'),
      });
      expect(calls.filter((line) => line === 'sync d')).toHaveLength(1);
    }));

  it('finds room for the temporary name beside the longest possible name', () =>
    withTempDir(async (root) => {
      const name = 'ä'.repeat(127);
      await writeDurably(realFileSystem, join(root, name), bytes('x'), 0o644);
      expect(await readdir(root)).toEqual([name]);
    }));
});

describe('writeAll', () => {
  it('goes on after a short write', async () => {
    const taken: number[] = [];
    const file = {
      write: async (_buffer: Uint8Array, offset: number, length: number) => {
        taken.push(offset);
        return { bytesWritten: Math.min(3, length) };
      },
    };
    await writeAll({ ...unused, ...file }, bytes('12345678'));
    expect(taken).toEqual([0, 3, 6]);
  });
});

describe('writeUnsynced', () => {
  it('replaces the file at once, and leaves the rest to the system', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      await writeFile(join(root, 'v'), 'a longer old one');
      await writeUnsynced(fs, join(root, 'v'), bytes('new'), 0o600);
      expect(calls).toEqual([
        'open .v.pikit-X',
        'write .v.pikit-X',
        'chmod .v.pikit-X',
        'close .v.pikit-X',
        'rename .v.pikit-X',
      ]);
      expect(await readFile(join(root, 'v'), 'utf8')).toBe('new');
      expect(await readdir(root)).toEqual(['v']);
    }));
});

describe('makeDirectoryDurably', () => {
  it('makes parents with mode 0755 whatever the umask, each synced in its parent', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      const before = process.umask(0o077);
      try {
        await makeDirectoryDurably(fs, join(root, 'a/b'));
      } finally {
        process.umask(before);
      }
      expect((await stat(join(root, 'a'))).mode & 0o777).toBe(0o755);
      expect((await stat(join(root, 'a/b'))).mode & 0o777).toBe(0o755);
      expect(calls.filter((line) => line.startsWith('sync'))).toEqual([`sync ${root}`, 'sync a']);
      await makeDirectoryDurably(fs, join(root, 'a/b'));
    }));

  it('accepts a symlink to a directory and refuses a file in the way', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'run'));
      await realFileSystem.symlink('run', join(root, 'link'));
      await writeFile(join(root, 'file'), '');
      await makeDirectoryDurably(realFileSystem, join(root, 'link/sub'));
      expect(await readdir(join(root, 'run'))).toEqual(['sub']);
      await makeDirectoryDurably(realFileSystem, join(root, 'link'));
      await expect(makeDirectoryDurably(realFileSystem, join(root, 'file'))).rejects.toMatchObject({
        code: 'EEXIST',
      });
    }));
});

describe('pointSymlinkDurably', () => {
  it('replaces a link atomically and refuses to replace a directory', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      await pointSymlinkDurably(fs, join(root, 'current'), 'old');
      await pointSymlinkDurably(fs, join(root, 'current'), 'new');
      expect(await readlink(join(root, 'current'))).toBe('new');
      expect(calls.slice(-4)[0]).toBe('rename .current.pikit-X');
      await mkdir(join(root, 'directory'));
      await expect(pointSymlinkDurably(fs, join(root, 'directory'), 'x')).rejects.toMatchObject({
        code: 'EISDIR',
      });
      expect(await readdir(root)).toEqual(['current', 'directory']);
    }));
});

describe('renameDurably', () => {
  it('syncs both directories', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      await mkdir(join(root, 'a'));
      await mkdir(join(root, 'b'));
      await writeFile(join(root, 'a/x'), '', { flag: constants.O_CREAT });
      await renameDurably(fs, join(root, 'a/x'), join(root, 'b/x'));
      expect(calls.filter((line) => line.startsWith('sync'))).toEqual(['sync b', 'sync a']);
    }));
});
