/** What a file system refuses, as a code and in words. */
import { UpdateError } from '@pikit/protocol';

/** `ENOENT` and the like; empty for what is no error of the system. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** Of those that a person meets, and can do something about. */
const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left there',
  EDQUOT: 'the quota there is used up',
  EROFS: 'the filesystem is read-only',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  ENOENT: 'the directory is not there',
  ENOTDIR: 'a part of the path is no directory',
  EISDIR: 'a directory stands there',
};

/** `no-space` or `write-failed` with `path` and `reason`; what is no error of the system comes back as it is. */
export function diskFailure(error: unknown, path: string): unknown {
  const errno = errnoOf(error);
  if (error instanceof UpdateError || errno === '') return error;
  const words = WORDS[errno];
  const reason = words === undefined ? errno : `${words} (${errno})`;
  return new UpdateError(FULL.has(errno) ? 'no-space' : 'write-failed', `${path}: ${reason}`, {
    cause: error,
    details: { path, reason: errno },
  });
}
