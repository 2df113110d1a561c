/**
 * Small files of our own: read with a limit, written all-or-nothing and durably. Nothing here knows what is in them.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UpdateError } from '@pikit/protocol';

/** A pipe that nobody writes to would be waited for, for ever. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

/** The text of the file, undefined when it is not there; `too-large` beyond `maxBytes`, `config-invalid` for a pipe. */
export async function readSmallFile(path: string, maxBytes: number): Promise<string | undefined> {
  let file;
  try {
    file = await open(path, READ);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cause;
  }
  try {
    if ((await file.stat()).isFIFO()) {
      throw new UpdateError('config-invalid', `${path} is not a regular file`);
    }
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length > maxBytes) {
        throw new UpdateError('too-large', `${path} is larger than ${maxBytes} bytes`);
      }
    }
    return buffer.toString('utf8', 0, length);
  } finally {
    await file.close();
  }
}

interface Ownership {
  readonly uid: number;
  readonly gid: number;
}

/** Writes beside, syncs, renames, syncs the directory. `owner` needs root. */
export async function writeDurably(
  path: string,
  text: string,
  mode: number,
  owner?: Ownership,
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      // The umask may have taken bits away.
      await file.chmod(mode);
      if (owner !== undefined) await file.chown(owner.uid, owner.gid);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
  await syncDirectory(dirname(path));
}

/**
 * For this user alone; fine when it is there. Parents that are missing are for everybody: Node would give them the mode of this one,
 * and says of a disk that refuses that something is missing.
 */
export async function makeOwnDirectory(path: string): Promise<void> {
  await makeDirectory(path, 0o700);
}

async function makeDirectory(path: string, mode: number): Promise<void> {
  const parent = dirname(path);
  try {
    await mkdir(path, mode);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // What is in its place is met by whoever writes there.
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || path === parent) throw error;
    await makeDirectory(parent, 0o755);
    await mkdir(path, mode);
  }
  // The umask may have taken bits away.
  await chmod(path, mode);
  await syncDirectory(parent);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Whether the failure only says that nothing is there. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  );
}
