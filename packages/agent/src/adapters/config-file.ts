/** Reads the operator's config file from the machine itself, outside any `--root`. */
import { UpdateError } from '@pikit/protocol';
import { open, stat } from 'node:fs/promises';
import { errnoOf } from './disk-failure.ts';

/** A thousand targets fit. */
const MAX_BYTES = 1024 * 1024;

/** As `<(…)` becomes, or what comes before a `|`; any other pipe may never be written to. */
const OF_A_SHELL = /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/;

/** What the system says without words for people. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  EISDIR: 'is a directory',
  ELOOP: 'is a link that leads to itself',
  EACCES: 'may not be read by this user',
};

/** Throws `config-invalid` with `file` and `reason` when it cannot be read, or is no text. */
export async function readConfigFile(path: string): Promise<string> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await read(path);
  } catch (cause) {
    const errno = errnoOf(cause) ?? 'unreadable';
    throw refused(path, REASONS[errno] ?? `cannot be read: ${errno}`, cause);
  }
  if (bytes === undefined) throw refused(path, 'is not a regular file');
  if (bytes.length > MAX_BYTES) throw refused(path, `is larger than ${String(MAX_BYTES)} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refused(path, 'is not UTF-8: save it as UTF-8 in the editor', cause);
  }
}

/** A byte more than it may be at the most: it may be a pipe of the shell, whose size nobody knows. Undefined for another. */
async function read(path: string): Promise<Uint8Array | undefined> {
  if ((await stat(path)).isFIFO() && !OF_A_SHELL.test(path)) return undefined;
  const file = await open(path);
  try {
    const buffer = new Uint8Array(MAX_BYTES + 1);
    for (let length = 0; ;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}

function refused(path: string, reason: string, cause?: unknown): UpdateError {
  return new UpdateError('config-invalid', `${path} ${reason}`, {
    cause,
    details: { file: path, key: 'file', reason },
  });
}
