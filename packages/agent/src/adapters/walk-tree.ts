/**
 * Removing and syncing whole trees. Symlinks are entries, never followed. All paths are host paths and all errors the
 * operating system's own.
 */
import { constants } from 'node:fs';
import { posix } from 'node:path';
import { errnoOf, isAbsent } from './disk-failure.ts';
import { syncDirectory, withFile } from './durable-write.ts';
import type { FileSystem } from './file-system.ts';

/** An SD card gains nothing from more; libuv has four threads by default. */
const AT_ONCE = 8;

/** Runs `work` for each item, at most `AT_ONCE` at a time; after a failure no further item begins. */
async function forEachBounded<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  // All workers are awaited, so that nothing touches the tree after the caller has gone on.
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/**
 * What stands in the directory, directories apart from the rest; files by whether they have another name. Ends early once
 * there are more than `most` directories and files with but one.
 */
async function split(
  fs: FileSystem,
  directory: string,
  most = Infinity,
): Promise<{ directories: string[]; own: string[]; shared: string[]; rest: string[] }> {
  const found = {
    directories: [] as string[],
    own: [] as string[],
    shared: [] as string[],
    rest: [] as string[],
  };
  for (const name of await fs.readdir(directory)) {
    if (found.own.length + found.directories.length > most) break;
    const path = posix.join(directory, name);
    const stats = await fs.lstat(path, { bigint: true });
    if (stats.isDirectory()) found.directories.push(path);
    else if (!stats.isFile()) found.rest.push(path);
    else (stats.nlink > 1n ? found.shared : found.own).push(path);
  }
  return found;
}

async function sync(fs: FileSystem, path: string): Promise<void> {
  const file = await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  await withFile(file, (open) => open.sync());
}

/** With more to sync, the filesystem is synced as a whole: each sync of one file or directory flushes the medium's cache. */
const FEW = 8;

/**
 * Files first, then the directories that name them, so that no synced name leads to unsynced content. A file that has
 * another name is left out: it is one that was linked, whose content was durable before.
 */
export async function syncTree(fs: FileSystem, path: string): Promise<void> {
  const stats = await fs.lstat(path, { bigint: true });
  if (stats.isFile()) return sync(fs, path);
  if (!stats.isDirectory()) return undefined;
  const few = await unsynced(fs, path, FEW);
  const areMany = few.files.length + few.directories.length > FEW;
  if (areMany && (await fs.syncFileSystem(path))) return undefined;
  const { files, directories } = areMany ? await unsynced(fs, path) : few;
  await forEachBounded(files, (file) => sync(fs, file));
  for (const directory of directories) await syncDirectory(fs, directory);
  return undefined;
}

/** Innermost directories first; once it is more than `most` in all, no further directory is looked at. */
async function unsynced(
  fs: FileSystem,
  directory: string,
  most = Infinity,
): Promise<{ readonly files: readonly string[]; readonly directories: readonly string[] }> {
  const { own: files, directories: inner } = await split(fs, directory, most);
  const directories: string[] = [];
  for (const below of inner) {
    const left = most - files.length - directories.length;
    if (left < 0) break;
    const found = await unsynced(fs, below, left);
    files.push(...found.files);
    directories.push(...found.directories);
  }
  return { files, directories: [...directories, directory] };
}

async function removeDirectory(fs: FileSystem, path: string): Promise<void> {
  const { directories, own, shared, rest } = await split(fs, path);
  for (const entry of [...own, ...shared, ...rest]) await fs.unlink(entry);
  for (const directory of directories) await removeTree(fs, directory);
  await fs.rmdir(path);
}

/** False when there was nothing. Not durable: the caller syncs the parent. */
export async function removeTree(fs: FileSystem, path: string): Promise<boolean> {
  try {
    const stats = await fs.lstat(path, { bigint: true });
    if (!stats.isDirectory()) {
      await fs.unlink(path);
      return true;
    }
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
  try {
    await removeDirectory(fs, path);
  } catch (error) {
    // A directory without write permission, copied with its mode: its owner may open it, root never gets here.
    if (errnoOf(error) !== 'EACCES') throw error;
    await fs.chmod(path, 0o700);
    await removeDirectory(fs, path);
  }
  return true;
}
