/**
 * Files that a command leaves behind: whole and on the disk, or not there at all. What is there already stays, unless the
 * caller was told to replace it.
 */
import { UpdateError } from '@pikit/protocol';
import { randomBytes } from 'node:crypto';
import { link, lstat, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskFailure, errnoOf } from './disk-failure.ts';

export interface Placing {
  readonly mode: number;
  readonly replace: boolean;
}

/** Throws `write-failed` with `path` and `reason`. */
export async function assertFree(path: string): Promise<void> {
  // because what cannot be looked at is nothing that could be lost
  const found = await lstat(path).catch(() => undefined);
  if (found !== undefined)
    throw failed(
      path,
      'is there already, and nothing is overwritten: remove it first, if it is not wanted',
    );
}

/** Throws `no-space` and `write-failed` with `path` and `reason`; then nothing of it is left. */
export async function placeFile(
  path: string,
  content: string,
  { mode, replace }: Placing,
  linkTo = link,
): Promise<void> {
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.pikit-release`);
  try {
    await writeSynced(temporary, content, mode);
    if (replace || !(await isLinked(temporary, path, linkTo))) await rename(temporary, path);
    else await unlink(temporary);
    await syncDirectory(dirname(path));
  } catch (cause) {
    // because the first error is the one to tell, and there may be nothing to remove
    await unlink(temporary).catch(() => undefined);
    throw diskFailure(cause, path);
  }
}

/** What Linux says where the filesystem has no hard links, as FAT on a stick. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'ENOSYS']);

/** Unlike a rename, a link fails where somebody was faster. False where it has to be a rename all the same. */
async function isLinked(temporary: string, path: string, linkTo: typeof link): Promise<boolean> {
  try {
    await linkTo(temporary, path);
    return true;
  } catch (error) {
    if (!NO_LINKS.has(errnoOf(error))) throw error;
    await assertFree(path);
    return false;
  }
}

async function writeSynced(path: string, content: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    // Whatever the umask says.
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function failed(path: string, reason: string): UpdateError {
  return new UpdateError('write-failed', `${path}: ${reason}`, { details: { path, reason } });
}
