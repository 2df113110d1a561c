/**
 * Removing and syncing whole trees, with a bounded number of calls under way. Symlinks are entries, never followed. All
 * paths are host paths and all errors the operating system's own.
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

/** What stands in the directory, directories apart from the rest. */
async function split(
  fs: FileSystem,
  directory: string,
): Promise<{ directories: string[]; files: string[]; rest: string[] }> {
  const found = { directories: [] as string[], files: [] as string[], rest: [] as string[] };
  await forEachBounded(await fs.readdir(directory), async (name) => {
    const path = posix.join(directory, name);
    const stats = await fs.lstat(path, { bigint: true });
    if (stats.isDirectory()) found.directories.push(path);
    else if (stats.isFile()) found.files.push(path);
    else found.rest.push(path);
  });
  return found;
}

async function syncFile(fs: FileSystem, path: string): Promise<void> {
  const file = await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  await withFile(file, (open) => open.sync());
}

/** Files first, then the directory that names them, so that no synced name leads to unsynced content. */
export async function syncTree(fs: FileSystem, path: string): Promise<void> {
  const stats = await fs.lstat(path, { bigint: true });
  if (stats.isFile()) return syncFile(fs, path);
  if (!stats.isDirectory()) return undefined;
  const { directories, files } = await split(fs, path);
  await forEachBounded(files, (file) => syncFile(fs, file));
  for (const directory of directories) await syncTree(fs, directory);
  return syncDirectory(fs, path);
}

async function removeDirectory(fs: FileSystem, path: string): Promise<void> {
  const { directories, files, rest } = await split(fs, path);
  await forEachBounded([...files, ...rest], (entry) => fs.unlink(entry));
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
