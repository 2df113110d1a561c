/** The same digest with direct reads and without, and word of which it was. That it is the medium, `test/crash` shows. */
import { createHash } from 'node:crypto';
import { constants, writeFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { realFileSystem } from '../../src/adapters/file-system-node.ts';
import type { FileSystem } from '../../src/adapters/file-system.ts';
import { createReadBack } from '../../src/adapters/read-back.ts';

const CHUNK = 256 * 1024;
const SIZES = [0, 1, 511, 512, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 12_345];
const ACCOUNT = '/proc/self/io';

/**
 * A file system whose direct reads fail with EINVAL unless the buffer begins where `takes` says. It counts them, and its
 * account has what they delivered.
 */
function createPicky(root: string, takes: (offset: number, position: number) => boolean) {
  const reads = { refused: 0, taken: 0 };
  let delivered = 4096;
  const open: FileSystem['open'] = async (path, flags, mode) => {
    if (path === ACCOUNT) {
      writeFileSync(join(root, 'io'), `rchar: 7\nread_bytes: ${delivered}\nwrite_bytes: 0\n`);
      return realFileSystem.open(join(root, 'io'), flags);
    }
    const file = await realFileSystem.open(path, flags & ~constants.O_DIRECT, mode);
    if ((flags & constants.O_DIRECT) === 0) return file;
    const read: typeof file.read = async (buffer, offset, length, position) => {
      if (!takes(buffer.byteOffset, Number(position))) {
        reads.refused += 1;
        throw Object.assign(new Error('stood in'), { code: 'EINVAL' });
      }
      reads.taken += 1;
      delivered += 512 * Math.ceil(length / 512);
      return file.read(buffer, offset, length, position);
    };
    return {
      read,
      write: file.write.bind(file),
      stat: file.stat.bind(file),
      chmod: file.chmod.bind(file),
      chown: file.chown.bind(file),
      utimes: file.utimes.bind(file),
      truncate: file.truncate.bind(file),
      sync: file.sync.bind(file),
      close: file.close.bind(file),
    };
  };
  return { fs: { ...realFileSystem, open }, reads };
}

/** As open(2) of a filesystem that knows no direct reads. */
const openCached: FileSystem['open'] = async (path, flags, mode) => {
  if ((flags & constants.O_DIRECT) === 0) return realFileSystem.open(path, flags, mode);
  throw Object.assign(new Error('stood in'), { code: 'EINVAL' });
};

async function aFile(root: string, size: number): Promise<{ path: string; sha256: string }> {
  const content = Buffer.alloc(size);
  for (let index = 0; index < size; index += 1) content[index] = (index * 7) % 251;
  const path = join(root, `of-${size}`);
  await writeFile(path, content);
  return { path, sha256: createHash('sha256').update(content).digest('hex') };
}

describe('createReadBack', () => {
  it('agrees with the digest of the whole content, whatever the size', () =>
    withTempDir(async (root) => {
      const readBack = createReadBack(realFileSystem);
      for (const size of SIZES) {
        const { path, sha256 } = await aFile(root, size);
        expect(await readBack(path)).toMatchObject({ sha256, size });
      }
    }));

  it('finds a place in its buffer that the kernel accepts, once for all files', () =>
    withTempDir(async (root) => {
      const { fs, reads } = createPicky(root, (offset) => offset % 512 === 304);
      const readBack = createReadBack(fs);
      const { path, sha256 } = await aFile(root, 2 * CHUNK + 1);
      expect(await readBack(path)).toEqual({ sha256, size: 2 * CHUNK + 1, fromMedium: true });
      expect(reads).toEqual({ refused: 19, taken: 3 });
      await readBack(path);
      expect(reads).toEqual({ refused: 19, taken: 6 });
    }));

  it.each([
    ['refuses direct reads', (): boolean => false],
    ['stops giving them', (_offset: number, position: number) => position === 0],
  ])('reads through the cache where the filesystem %s, and says so', (_what, takes) =>
    withTempDir(async (root) => {
      const readBack = createReadBack(createPicky(root, takes).fs);
      const { path, sha256 } = await aFile(root, 2 * CHUNK);
      expect(await readBack(path)).toEqual({ sha256, size: 2 * CHUNK, fromMedium: false });
    }),
  );

  it('reads through the cache where a file cannot even be opened for direct reads', () =>
    withTempDir(async (root) => {
      const { path, sha256 } = await aFile(root, 700);
      const readBack = createReadBack({ ...realFileSystem, open: openCached });
      expect(await readBack(path)).toEqual({ sha256, size: 700, fromMedium: false });
    }));

  it('claims nothing where the kernel keeps no account', () =>
    withTempDir(async (root) => {
      const open: FileSystem['open'] = async (path, flags, mode) =>
        realFileSystem.open(path === ACCOUNT ? join(root, 'absent') : path, flags, mode);
      const { path, sha256 } = await aFile(root, 700);
      const readBack = createReadBack({ ...realFileSystem, open });
      expect(await readBack(path)).toEqual({ sha256, size: 700, fromMedium: false });
    }));

  it('refuses what is not a regular file', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'directory'));
      await symlink('of-1', join(root, 'link'));
      const readBack = createReadBack(realFileSystem);
      await expect(readBack(join(root, 'directory'))).rejects.toMatchObject({ code: 'EINVAL' });
      await expect(readBack(join(root, 'link'))).rejects.toMatchObject({ code: 'ELOOP' });
      await expect(readBack(join(root, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
    }));
});
