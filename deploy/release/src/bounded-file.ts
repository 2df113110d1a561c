/** Small files that somebody names: read whole, but never more than they may be, whatever the path leads to. */
import { UpdateError } from '@pikit/protocol';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { errnoOf } from './disk-failure.ts';

/** As `<(pass show pi-kit)` becomes; any other pipe may never be written to. */
const OF_A_SHELL = /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/;
const ABSENT = new Set(['ENOENT', 'ENOTDIR']);

/** Undefined where there is no file. Throws `file-missing` for one that cannot be read, `too-large` with `path` and `limit`. */
export async function readBounded(path: string, maxBytes: number): Promise<Buffer | undefined> {
  await assertNoPipe(path);
  const file = await open(path).catch((cause: unknown) => {
    if (ABSENT.has(errnoOf(cause))) return undefined;
    throw unreadable(path, cause);
  });
  if (file === undefined) return undefined;
  try {
    // Its size says nothing: it may be a pipe, which is how a shell hands over a password.
    const bytes = await readUpTo(file, maxBytes + 1);
    if (bytes.length <= maxBytes) return bytes;
  } catch (cause) {
    // A directory can be opened, and no more.
    if (errnoOf(cause) === 'EISDIR') return undefined;
    throw unreadable(path, cause);
  } finally {
    await file.close();
  }
  const name = basename(path);
  throw new UpdateError('too-large', `${name} is larger than ${String(maxBytes)} bytes`, {
    details: { path: name, limit: maxBytes },
  });
}

/** Throws `file-missing` for a pipe that nobody may ever write to. */
export async function assertNoPipe(path: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined); // because whoever opens it says what is wrong
  if (stats?.isFIFO() !== true || OF_A_SHELL.test(path)) return;
  const reason = 'is not a regular file';
  throw new UpdateError('file-missing', `${path} ${reason}`, { details: { path, reason } });
}

/** A signature that cannot be read must not be taken for none. */
function unreadable(path: string, cause: unknown): UpdateError {
  const reason = `cannot be read: ${errnoOf(cause)}`;
  return new UpdateError('file-missing', `${path} ${reason}`, { cause, details: { path, reason } });
}

async function readUpTo(file: FileHandle, maxBytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(maxBytes);
  for (let done = 0; ;) {
    const { bytesRead } = await file.read(buffer, done, maxBytes - done, null);
    done += bytesRead;
    if (bytesRead === 0 || done === maxBytes) return buffer.subarray(0, done);
  }
}
