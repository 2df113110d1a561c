/**
 * The secret that a private source wants, in a file of the operator's. It is read each time that it is needed, so that a new
 * one counts at once and none is kept in a configuration. Its content never leaves this file but as the value returned.
 */
import { UpdateError } from '@pikit/protocol';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createDevicePaths } from './disk-path.ts';

/** Rejects with `config-invalid`, with `key` and `reason`. */
export type ReadToken = () => Promise<string>;

/** The longest are signed documents of a kilobyte or two. */
const MAX_BYTES = 4096;
/** One line, such as goes into a header. */
const TOKEN = /^([\x21-\x7e]+)\r?\n?$/;
const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'cannot be read',
  ELOOP: 'is a symlink, and must be a regular file',
};

interface Needs {
  /** A device path. */
  readonly path: string;
  readonly root: string;
  /** Who runs the agent. */
  readonly uid: number;
}

export function createTokenFile({ path, root, uid }: Needs): ReadToken {
  const host = createDevicePaths(root).toHost(path);
  const refused = (reason: string, cause?: unknown): UpdateError =>
    new UpdateError('config-invalid', `source.token_file: ${path} ${reason}`, {
      cause,
      details: { key: 'source.token_file', reason: `${path} ${reason}` },
    });

  return async () => {
    let file: FileHandle;
    try {
      file = await open(host, OPEN);
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
      throw refused(REASONS[code] ?? `cannot be read: ${code}`, cause);
    }
    try {
      // Of the open file: one that is looked at by name could be another one when it is read.
      const stats = await file.stat();
      if (!stats.isFile()) throw refused('is not a regular file');
      if (stats.uid !== 0 && stats.uid !== uid) {
        throw refused(`belongs to another user: chown root ${path}`);
      }
      if ((stats.mode & 0o7177) !== 0) throw refused(`can be read by others: chmod 600 ${path}`);
      const buffer = Buffer.alloc(MAX_BYTES + 1);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      const token = TOKEN.exec(buffer.toString('latin1', 0, bytesRead))?.[1];
      if (token !== undefined && bytesRead <= MAX_BYTES) return token;
      throw refused(`must hold one line of at most ${MAX_BYTES} printable letters of ASCII`);
    } finally {
      await file.close();
    }
  };
}
