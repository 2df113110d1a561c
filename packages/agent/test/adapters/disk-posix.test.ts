/** The whole disk port against a real directory: what is absent, what is refused, what others find on the disk. */
import { mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createDisk, mountPoints } from '../../src/adapters/disk-posix.ts';
import type { Disk } from '../../src/ports.ts';
import { chunksOf, createRecordingFileSystem } from './recording-file-system.ts';

const withDisk = (work: (disk: Disk, root: string) => Promise<void>): Promise<void> =>
  withTempDir((root) => work(createDisk({ root }), root));

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

describe('createDisk, reading', () => {
  it('answers absence with a result, also below a file', () =>
    withDisk(async (disk, root) => {
      await writeFile(join(root, 'file'), 'x');
      for (const path of ['/none', '/none/deeper', '/file/deeper']) {
        expect(await disk.lstat(path)).toBeUndefined();
        expect(await disk.read(path, 10)).toBeUndefined();
        expect(await disk.readLink(path)).toBeUndefined();
      }
      expect(await disk.readLink('/file')).toBeUndefined();
      expect(await disk.list('/none')).toEqual([]);
    }));

  it('describes entries without following a link', () =>
    withDisk(async (disk, root) => {
      await disk.write('/d/file', 'hello', 0o640);
      await symlink('file', join(root, 'd/link'));
      expect(await disk.lstat('/d/file')).toMatchObject({ kind: 'file', mode: 0o640, size: 5 });
      expect(await disk.lstat('/d/link')).toMatchObject({ kind: 'symlink' });
      expect(await disk.lstat('/d')).toMatchObject({ kind: 'directory', mode: 0o755 });
      expect(await disk.list('/d')).toEqual(['file', 'link']);
      await expectCode(disk.read('/d/link', 10), 'write-failed');
      await expectCode(disk.hash('/d/link'), 'write-failed');
    }));

  it('refuses to list through a link and to list a file', () =>
    withDisk(async (disk, root) => {
      await disk.write('/d/file', 'hello', 0o640);
      await symlink('d', join(root, 'link'));
      await expectCode(disk.list('/link'), 'write-failed');
      await expectCode(disk.list('/d/file'), 'write-failed');
    }));

  it('changes the fingerprint when a file of the same size and time is replaced', () =>
    withDisk(async (disk) => {
      await disk.write('/x', 'aaaa', 0o644);
      const before = await disk.lstat('/x');
      expect((await disk.lstat('/x'))?.fingerprint).toEqual(before?.fingerprint);
      await disk.write('/x', 'bbbb', 0o644);
      expect((await disk.lstat('/x'))?.fingerprint).not.toEqual(before?.fingerprint);
    }));

  it('sees each change of a document, and refuses one that is too large', () =>
    withDisk(async (disk, root) => {
      expect(await disk.load('/x', 4, text)).toBeUndefined();
      for (const value of ['aaaa', 'aaaa', 'aaab']) {
        await writeFile(join(root, 'x'), value);
        const { sha256 } = await disk.hash('/x');
        expect(await disk.load('/x', 4, text)).toEqual({ value, sha256 });
      }
      await expectCode(disk.load('/x', 3, text), 'too-large');
    }));

  it('streams from an offset, and refuses a file that is not there', () =>
    withDisk(async (disk) => {
      await disk.write('/x', 'hello', 0o644);
      const chunks: Uint8Array[] = [];
      for await (const chunk of disk.stream('/x', 2)) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toBe('llo');
      const error = await expectCode(async () => {
        for await (const chunk of disk.stream('/none')) chunks.push(chunk);
      }, 'write-failed');
      expect(error.details).toEqual({ path: '/none', errno: 'ENOENT' });
    }));

  it('measures the filesystem of the nearest directory that exists', () =>
    withDisk(async (disk) => {
      const here = await disk.space('/');
      const there = await disk.space('/not/yet/made');
      expect(there.filesystem).toBe(here.filesystem);
      expect(here.freeBytes).toBeGreaterThan(0);
      expect(there.isReadOnly).toBe(false);
      const other = await createDisk({ root: '/' }).space('/proc/self');
      expect(other.filesystem).not.toBe(here.filesystem);
    }));

  it('names the mount: the uppermost directory on the same device, behind every link', () =>
    withDisk(async (disk, root) => {
      expect((await disk.space('/not/yet/made')).mount).toBe('/');
      await symlink('/proc/self', join(root, 'elsewhere'));
      // What is mounted above or beside the root has no name below it.
      expect((await disk.space('/elsewhere/fd')).mount).toBe('/');
      expect((await createDisk({ root: '/' }).space(`${root}/elsewhere/fd`)).mount).toBe('/proc');
    }));
});

describe('createDisk, paths', () => {
  it('refuses every call with a path that climbs or is not absolute', () =>
    withDisk(async (disk) => {
      for (const path of ['/../x', 'x', '/a/../../x', '/a/']) {
        await expectCode(() => disk.lstat(path), 'internal');
        await expectCode(() => disk.write(path, '', 0o644), 'internal');
        await expectCode(() => disk.create(path, 0o644, chunksOf('')), 'internal');
        await expectCode(() => disk.remove(path), 'internal');
        await expectCode(() => disk.rename('/x', path), 'internal');
        await expectCode(() => disk.copy('/x', path), 'internal');
      }
      await expectCode(disk.remove('/'), 'internal');
    }));

  it('follows a link among the parents as the system does', () =>
    withDisk(async (disk, root) => {
      await mkdir(join(root, 'run'));
      await mkdir(join(root, 'var'));
      await symlink('../run', join(root, 'var/run'));
      await disk.write('/var/run/x', 'hello', 0o644);
      expect(text(await disk.read('/run/x', 10))).toBe('hello');
    }));

  it('puts the root before an absolute link text on the disk and takes it away again', () =>
    withDisk(async (disk, root) => {
      await disk.makeDirectory('/var/lib/tree');
      await disk.pointSymlink('/var/current', '/var/lib/tree');
      expect(await readlink(join(root, 'var/current'))).toBe(join(root, 'var/lib/tree'));
      expect(await disk.readLink('/var/current')).toBe('/var/lib/tree');
      await disk.pointSymlink('/var/current', 'lib/other');
      expect(await readlink(join(root, 'var/current'))).toBe('lib/other');
      expect(await disk.readLink('/var/current')).toBe('lib/other');
    }));
});

describe('createDisk, changing', () => {
  it('names the device path and the errno, never the host path', () =>
    withTempDir(async (root) => {
      const { fs, failOn } = createRecordingFileSystem(root);
      const disk = createDisk({ root, fs });
      failOn(/^sync etc\/.v/, 'ENOSPC');
      const error = await expectCode(disk.write('/etc/v', 'x', 0o644), 'no-space');
      expect(error.details).toEqual({ path: '/etc/v', errno: 'ENOSPC' });
      expect(error.message).not.toContain(root);
      expect(error.cause).toMatchObject({ code: 'ENOSPC' });
    }));

  it('syncs nothing of what is synced as a tree later, nor the directories that it makes for it', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      const disk = createDisk({ root, fs });
      await disk.create('/tree/a/b/file', 0o644, chunksOf('x'));
      expect(await disk.link('/tree/a/b/file', '/tree/c/d/file')).toBe(true);
      await disk.createSymlink('/tree/e/f/link', '../../a');
      expect(calls.filter((line) => line.startsWith('sync'))).toEqual([]);
      await disk.sync('/tree');
      expect(calls.filter((line) => line.startsWith('sync'))).not.toEqual([]);
    }));

  it('writes what can be had anew without a sync, but into a directory that stays', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      const disk = createDisk({ root, fs });
      await disk.writeUnsynced('/kept/one', 'x', 0o600);
      await disk.writeUnsynced('/kept/one', 'y', 0o600);
      expect(calls.filter((line) => line.startsWith('sync'))).toEqual([`sync ${root}`]);
      expect(text(await disk.read('/kept/one', 10))).toBe('y');
    }));

  it('copies what a link points to, and refuses to copy a directory into itself', () =>
    withDisk(async (disk, root) => {
      await disk.write('/old/web/index.html', 'old', 0o644);
      await disk.pointSymlink('/web', '/old/web');
      await disk.copy('/web', '/tree');
      expect((await disk.lstat('/tree'))?.kind).toBe('directory');
      expect(await readFile(join(root, 'tree/index.html'), 'utf8')).toBe('old');
      await expectCode(disk.copy('/old', '/old/web/again'), 'internal');
      await expectCode(disk.copy('/none', '/x'), 'write-failed');
    }));

  it('links on one filesystem and says false across two', () =>
    withDisk(async (disk, root) => {
      await disk.write('/a', 'x', 0o644);
      expect(await disk.link('/a', '/b')).toBe(true);
      expect((await stat(join(root, 'a'))).nlink).toBe(2);
      await expectCode(disk.link('/a', '/b'), 'write-failed');
      expect(await disk.link('/a', '/new/deep/b')).toBe(true);
      await expectCode(disk.link('/gone', '/new/c'), 'write-failed');
      const { fs, failOn } = createRecordingFileSystem(root);
      failOn(/^link /, 'EXDEV');
      expect(await createDisk({ root, fs }).link('/a', '/c')).toBe(false);
    }));

  it('removes a tree durably, and is content when there is none', () =>
    withTempDir(async (root) => {
      const { fs, calls } = createRecordingFileSystem(root);
      const disk = createDisk({ root, fs });
      await disk.write('/d/tree/x', '', 0o644);
      calls.length = 0;
      await disk.remove('/d/tree');
      for (const path of ['/d/tree', '/none/at/all']) await disk.remove(path);
      expect(calls.filter((line) => line.startsWith('sync'))).toEqual(['sync d']);
      expect(await readdir(join(root, 'd'))).toEqual([]);
    }));

  it('creates, appends, resumes, renames and syncs', () =>
    withDisk(async (disk) => {
      await disk.create('/s/a', 0o600, chunksOf('hello'));
      await disk.append('/s/log', '1');
      await disk.appendDurably('/s/log', '2');
      await disk.resume('/s/part', 0, chunksOf('ab'));
      await disk.resume('/s/part', 2, chunksOf('cd'));
      await disk.rename('/s/part', '/s/whole');
      await disk.sync('/s');
      expect(text(await disk.read('/s/whole', 10))).toBe('abcd');
      expect(text(await disk.read('/s/log', 10))).toBe('12');
      expect(await disk.list('/s')).toEqual(['a', 'log', 'whole']);
    }));
});

describe('kindBehind', () => {
  it('looks through links, and finds nothing behind a dangling one', () =>
    withDisk(async (disk, root) => {
      await mkdir(join(root, 'directory'));
      await symlink(join(root, 'directory'), join(root, 'link'));
      await symlink('nowhere', join(root, 'dangling'));
      expect(await disk.kindBehind('/link')).toBe('directory');
      expect(await disk.kindBehind('/dangling')).toBeUndefined();
      expect(await disk.kindBehind('/none')).toBeUndefined();
    }));
});

describe('realPath', () => {
  it('is where the kernel ends, whatever the text of the links says', () =>
    withDisk(async (disk, root) => {
      await disk.write('/a/b/file', 'x', 0o644);
      for (const [path, link] of [
        ['a/p', '..'],
        ['a/q', 'p/..'],
        ['a/r', 'p/a/b/file'],
        ['a/out', '/etc'],
        ['a/gone', 'nothing'],
        ['a/circle', 'circle'],
        ['a/through', 'b/file/..'],
      ] as const) {
        await symlink(link, join(root, path));
      }
      expect(await disk.realPath('/a/b/file')).toBe('/a/b/file');
      expect(await disk.realPath('/a/r')).toBe('/a/b/file');
      for (const path of ['p', 'q', 'out', 'gone', 'circle', 'through', 'none']) {
        expect(await disk.realPath(`/a/${path}`)).toBeUndefined();
      }
      expect(await createDisk({ root: '/' }).realPath(join(root, 'a/out'))).toBe('/etc');
    }));

  it('is the same below a root that is a link itself', () =>
    withDisk(async (disk, root) => {
      await disk.write('/real/file', 'x', 0o644);
      await symlink('real', join(root, 'other'));
      const other = createDisk({ root: join(root, 'other') });
      expect(await other.realPath('/file')).toBe('/file');
    }));
});

describe('createSymlink', () => {
  it('makes parents, keeps the text, and replaces nothing', () =>
    withDisk(async (disk, root) => {
      await disk.createSymlink('/tree/bin/l', '../a');
      expect(await readlink(join(root, 'tree/bin/l'))).toBe('../a');
      const error = await expectCode(disk.createSymlink('/tree/bin/l', '../b'), 'write-failed');
      expect(error.details).toEqual({ path: '/tree/bin/l', errno: 'EEXIST' });
      expect(await readlink(join(root, 'tree/bin/l'))).toBe('../a');
    }));
});

describe('special modes', () => {
  it('are set after the content, which would take them away, and are seen', () =>
    withDisk(async (disk, root) => {
      await disk.create('/run', 0o4755, chunksOf('a', 'b'));
      expect((await stat(join(root, 'run'))).mode & 0o7777).toBe(0o4755);
      expect(await disk.lstat('/run')).toMatchObject({ mode: 0o4755 });
      await disk.write('/sticky', 'x', 0o1644);
      expect(await disk.lstat('/sticky')).toMatchObject({ mode: 0o1644 });
    }));
});

describe('mounts', () => {
  it('knows those of this machine', async () => {
    expect(await createDisk({ root: '/' }).mounts()).toContain('/proc');
  });

  it('reads octal escapes, and nothing from an empty table', () => {
    const line = String.raw`36 35 98:0 /mnt1 /mnt/a\040b rw master:1 - ext3 /dev/root rw`;
    expect(mountPoints(`${line}\n`)).toEqual(['/mnt/a b']);
    expect(mountPoints('')).toEqual([]);
  });
});
