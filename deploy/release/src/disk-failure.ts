/** What a file system refuses, as a code. */
import { UpdateError } from '@pikit/protocol';

/** `ENOENT` and the like; empty for what is no error of the system. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** `no-space` or `write-failed` with `path` and `reason`; what is no error of the system comes back as it is. */
export function diskFailure(error: unknown, path: string): unknown {
  const errno = errnoOf(error);
  if (error instanceof UpdateError || errno === '') return error;
  const isFull = errno === 'ENOSPC' || errno === 'EDQUOT';
  return new UpdateError(isFull ? 'no-space' : 'write-failed', `${path}: ${errno}`, {
    cause: error,
    details: { path, reason: errno },
  });
}
