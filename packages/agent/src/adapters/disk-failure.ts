/** The operating system's errno names become codes here and nowhere else. */
import { constants } from 'node:os';
import { UpdateError } from '@pikit/protocol';

const NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** The errno name of a failed call, or undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const { code } = error;
  if (typeof code !== 'string') return undefined;
  // What libuv has no name for, such as a full quota, it calls `Unknown system error -122` or `UNKNOWN`; the system has one.
  if (!/^unknown/i.test(code) || !('errno' in error)) return code;
  return NAMES.get(Math.abs(Number(error.errno))) ?? code;
}

/** Whether the call failed because nothing is there, a missing or unsuitable parent included. */
export function isAbsent(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'ENOENT' || errno === 'ENOTDIR';
}

/**
 * `no-space` for a full disk or quota, `write-failed` for the rest; with `unsynced` where it was the sync of that directory that was
 * refused. `path` is a device path, and `fromHost` makes one.
 */
export function diskFailure(
  error: unknown,
  verb: string,
  path: string,
  fromHost: (path: string) => string = (host) => host,
): UpdateError {
  if (error instanceof UpdateError) return error;
  const errno = errnoOf(error) ?? 'unknown';
  const code = errno === 'ENOSPC' || errno === 'EDQUOT' ? 'no-space' : 'write-failed';
  const unsynced = unsyncedBy(error);
  return new UpdateError(code, `cannot ${verb} ${path}: ${errno}`, {
    cause: error,
    details: { path, errno, ...(unsynced === undefined ? {} : { unsynced: fromHost(unsynced) }) },
  });
}

function unsyncedBy(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('unsynced' in error)) return undefined;
  return typeof error.unsynced === 'string' ? error.unsynced : undefined;
}
