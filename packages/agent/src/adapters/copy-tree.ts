/**
 * Copies a file or a directory with everything that tells an installed file from another: content, mode, owner, times,
 * inner symlinks as they are. Sockets, pipes and devices are left out. Nothing that exists is replaced. All paths are
 * host paths and all errors the operating system's own.
 */
import { constants } from 'node:fs';
import { posix } from 'node:path';
import { withFile, writeAll } from './durable-write.ts';
import type { FileStats, FileSystem, OpenFile } from './file-system.ts';

const CHUNK_BYTES = 256 * 1024;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const seconds = (ns: bigint): number => Number(ns) / 1e9;

/** Owner before mode, because the kernel drops set-uid on a change of owner; times last, because writing moves them. */
async function adoptAttributes(
  file: OpenFile,
  stats: FileStats,
  keepOwner: boolean,
): Promise<void> {
  if (keepOwner) await file.chown(Number(stats.uid), Number(stats.gid));
  await file.chmod(Number(stats.mode & 0o7777n));
  await file.utimes(seconds(stats.atimeNs), seconds(stats.mtimeNs));
}

async function copyFile(
  fs: FileSystem,
  from: string,
  to: string,
  keepOwner: boolean,
): Promise<void> {
  await withFile(await fs.open(from, READ), async (source) => {
    await withFile(await fs.open(to, CREATE, 0o600), async (target) => {
      const buffer = new Uint8Array(CHUNK_BYTES);
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) break;
        await writeAll(target, buffer.subarray(0, bytesRead));
      }
      await adoptAttributes(target, await source.stat({ bigint: true }), keepOwner);
    });
  });
}

async function copySymlink(
  fs: FileSystem,
  from: string,
  to: string,
  stats: FileStats,
  keepOwner: boolean,
): Promise<void> {
  await fs.symlink(await fs.readlink(from), to);
  if (keepOwner) await fs.lchown(to, Number(stats.uid), Number(stats.gid));
  await fs.lutimes(to, seconds(stats.atimeNs), seconds(stats.mtimeNs));
}

/** Owners are kept only where `keepOwner` says that this process may set them. Not durable: the caller syncs. */
export async function copyTree(
  fs: FileSystem,
  from: string,
  to: string,
  keepOwner: boolean,
): Promise<void> {
  const stats = await fs.lstat(from, { bigint: true });
  if (stats.isSymbolicLink()) return copySymlink(fs, from, to, stats, keepOwner);
  if (stats.isFile()) return copyFile(fs, from, to, keepOwner);
  if (!stats.isDirectory()) return undefined;

  await fs.mkdir(to, 0o700);
  for (const name of (await fs.readdir(from)).toSorted()) {
    await copyTree(fs, posix.join(from, name), posix.join(to, name), keepOwner);
  }
  // Last, so that a directory without write permission can still be filled and keeps its time.
  const directory = await fs.open(to, READ | constants.O_DIRECTORY);
  return withFile(directory, (open) => adoptAttributes(open, stats, keepOwner));
}
