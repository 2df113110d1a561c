/**
 * Device paths and host paths: the only place that knows about `--root`. A device path is absolute and normalised, so
 * that nothing joined below the root can climb out of it.
 */
import { posix } from 'node:path';
import { UpdateError } from '@pikit/protocol';

export interface DevicePaths {
  /** Throws `internal` for a path that is not absolute and normalised: no caller may build one. */
  readonly toHost: (path: string) => string;
  /** The text of a symlink on the disk, from a device path or from a relative text. */
  readonly toLinkText: (text: string) => string;
  readonly fromLinkText: (text: string) => string;
}

/**
 * A component that is nothing, `.` or `..`: one pattern, because each call of the disk asks. A trailing slash is such a nothing: it
 * would make the kernel follow a symlink in the last component.
 */
const NOT_NORMALISED = /\/\.{0,2}(?:\/|$)/;

export function isDevicePath(path: string): boolean {
  if (!path.startsWith('/') || path.includes('\0')) return false;
  return path === '/' || !NOT_NORMALISED.test(path);
}

export function createDevicePaths(root: string): DevicePaths {
  const resolved = posix.resolve(root);
  const prefix = resolved === '/' ? '' : resolved;

  const toHost = (path: string): string => {
    if (!isDevicePath(path)) {
      throw new UpdateError(
        'internal',
        `not an absolute, normalised path: ${JSON.stringify(path)}`,
      );
    }
    return path === '/' ? resolved : prefix + path;
  };

  return {
    toHost,
    toLinkText: (text) => (text.startsWith('/') ? toHost(text) : text),
    fromLinkText: (text) => {
      if (prefix === '') return text;
      if (text === prefix) return '/';
      return text.startsWith(`${prefix}/`) ? text.slice(prefix.length) : text;
    },
  };
}
