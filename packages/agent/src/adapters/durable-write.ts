/**
 * What survives a power cut: temporary file, write, sync of the file, rename, sync of the directory, in that order; and the
 * same without the syncs, for what need not or is synced later as a whole. All paths are host paths and all errors the operating system's own. A failed sync is never tried again: the kernel has
 * dropped the pages by then and the second call would lie.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { posix } from 'node:path';
import { errnoOf, isAbsent } from './disk-failure.ts';
import type { FileSystem, OpenFile } from './file-system.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** The kernel may take less than it was given. `position` null writes at the file's own position. */
export async function writeAll(
  file: OpenFile,
  bytes: Uint8Array,
  position: number | null = null,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const at = position === null ? null : position + done;
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at);
    done += bytesWritten;
  }
}

/** Runs `work` on an open file and closes it whatever happens; the error of `work` comes first. */
export async function withFile<T>(
  file: OpenFile,
  work: (file: OpenFile) => Promise<T>,
): Promise<T> {
  let result: T;
  try {
    result = await work(file);
  } catch (error) {
    // because the first error is the one to tell; a descriptor that cannot be closed is lost either way.
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
  return result;
}

/** What it rejects with has the path as `unsynced`: nobody may sync that directory again before something is made anew in it. */
export async function syncDirectory(fs: FileSystem, path: string): Promise<void> {
  const directory = await fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await withFile(directory, async (open) => {
    try {
      await open.sync();
    } catch (error) {
      throw error instanceof Error ? Object.assign(error, { unsynced: path }) : error;
    }
  });
}

/**
 * With its parents, 0755 whatever the umask; fine when it is there. Returns the directories that have got a name more, outermost
 * first: nothing is durable until they are synced.
 */
export async function makeDirectory(fs: FileSystem, path: string): Promise<readonly string[]> {
  const parent = posix.dirname(path);
  try {
    await fs.mkdir(path, 0o755);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST' && (await fs.stat(path, { bigint: true })).isDirectory()) return [];
    if (errno !== 'ENOENT' || path === parent) throw error;
    const outer = await makeDirectory(fs, parent);
    return [...outer, ...(await makeDirectory(fs, path))];
  }
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  await withFile(await fs.open(path, flags), (open) => open.chmod(0o755));
  return [parent];
}

/** The same, each one durable in its parent. */
export async function makeDirectoryDurably(fs: FileSystem, path: string): Promise<void> {
  for (const grown of await makeDirectory(fs, path)) await syncDirectory(fs, grown);
}

/** Beside the path, short enough for any filesystem, and recognisable as ours after a crash. */
function temporaryName(path: string): string {
  const name = posix.basename(path).slice(0, 59);
  return posix.join(posix.dirname(path), `.${name}.pikit-${randomBytes(3).toString('hex')}`);
}

/**
 * Makes something under a temporary name and renames it over `path`; leaves nothing when it fails. Once more when the
 * temporary name was gone: another process of ours that tidies up has taken it for a leftover.
 */
async function replace(
  fs: FileSystem,
  path: string,
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  for (let isSecond = false; ; isSecond = true) {
    const temporary = temporaryName(path);
    try {
      await make(temporary);
      await fs.rename(temporary, path);
      break;
    } catch (error) {
      // because the first error is the one to tell, and the temporary file may never have come to be.
      await fs.unlink(temporary).catch(() => undefined);
      if (isSecond || errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

async function replaceDurably(...[fs, path, make]: Parameters<typeof replace>): Promise<void> {
  await replace(fs, path, make);
  await syncDirectory(fs, posix.dirname(path));
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Of a regular file; undefined where there is none. */
export async function ownerOf(fs: FileSystem, path: string): Promise<Owner | undefined> {
  try {
    const stats = await fs.lstat(path, { bigint: true });
    return stats.isFile() ? { uid: Number(stats.uid), gid: Number(stats.gid) } : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function giveTo(file: OpenFile, { uid, gid }: Owner): Promise<void> {
  try {
    await file.chown(uid, gid);
  } catch (error) {
    // because some filesystems know no owners, and a file of the wrong one is better than none
    if (errnoOf(error) !== 'EPERM') throw error;
  }
}

interface Content {
  readonly bytes: Uint8Array;
  readonly mode: number;
  readonly owner?: Owner | undefined;
  readonly isDurable: boolean;
}

/** Closed to everybody until it is complete; the final mode is set whatever the umask. */
async function createWhole(
  fs: FileSystem,
  path: string,
  { bytes, mode, owner, isDurable }: Content,
): Promise<void> {
  await withFile(await fs.open(path, CREATE, 0o600), async (file) => {
    await writeAll(file, bytes);
    // Before the mode, because the kernel drops set-uid on a change of owner.
    if (owner !== undefined) await giveTo(file, owner);
    await file.chmod(mode);
    if (isDurable) await file.sync();
  });
}

export async function writeDurably(
  fs: FileSystem,
  path: string,
  bytes: Uint8Array,
  mode: number,
  owner?: Owner,
): Promise<void> {
  await replaceDurably(fs, path, (temporary) =>
    createWhole(fs, temporary, { bytes, mode, owner, isDurable: true }),
  );
}

/** Whoever reads finds the old content or the new one; but a power cut may leave neither, or a part of it. */
export async function writeUnsynced(
  fs: FileSystem,
  path: string,
  bytes: Uint8Array,
  mode: number,
): Promise<void> {
  await replace(fs, path, (temporary) =>
    createWhole(fs, temporary, { bytes, mode, isDurable: false }),
  );
}

/** `text` as it shall stand on the disk. */
export async function pointSymlinkDurably(
  fs: FileSystem,
  path: string,
  text: string,
): Promise<void> {
  await replaceDurably(fs, path, (temporary) => fs.symlink(text, temporary));
}

export async function renameDurably(fs: FileSystem, from: string, to: string): Promise<void> {
  await fs.rename(from, to);
  await syncDirectory(fs, posix.dirname(to));
  if (posix.dirname(from) !== posix.dirname(to)) await syncDirectory(fs, posix.dirname(from));
}
