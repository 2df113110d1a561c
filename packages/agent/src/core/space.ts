/** Whether an update fits before a byte of it is fetched: real sizes, added up for each filesystem, with a margin. */
import { UpdateError } from '@pikit/protocol';

export interface Need {
  /** A device path on the filesystem that is needed. */
  readonly path: string;
  readonly bytes: number;
  readonly inodes: number;
}

export interface Free {
  readonly filesystem: string;
  readonly freeBytes: number;
  /** 0 where the filesystem has no fixed number of inodes (btrfs). */
  readonly totalInodes: number;
  readonly freeInodes: number;
}

/** Room that stays free: logs, journal and the rest of the system go on writing while an update runs. */
export const MARGIN = { bytes: 16 * 1024 * 1024, inodes: 256 } as const;

/** A gzip of web assets and scripts stays under this; used only where the manifest gives no sizes. */
const ASSUMED_EXPANSION = 5;

/** Throws `no-space` with `path`, and `needed` and `free` in what `what` says: bytes or inodes. */
export function assertFits(claims: readonly { readonly need: Need; readonly free: Free }[]): void {
  const perFilesystem = new Map<
    string,
    { path: string; bytes: number; inodes: number; free: Free }
  >();
  for (const { need, free } of claims) {
    const sum = perFilesystem.get(free.filesystem);
    perFilesystem.set(free.filesystem, {
      path: sum?.path ?? need.path,
      bytes: (sum?.bytes ?? MARGIN.bytes) + need.bytes,
      inodes: (sum?.inodes ?? MARGIN.inodes) + need.inodes,
      free,
    });
  }
  for (const { path, bytes, inodes, free } of perFilesystem.values()) {
    if (bytes > free.freeBytes) throw tooLittle(path, 'bytes', bytes, free.freeBytes);
    if (free.totalInodes > 0 && inodes > free.freeInodes) {
      throw tooLittle(path, 'inodes', inodes, free.freeInodes);
    }
  }
}

/** Bytes that the unpacked files will take; a guess from the bundle's size where the manifest does not say. */
export function unpackedBytes(
  files: readonly { readonly size?: number }[],
  bundleBytes: number | undefined,
): number {
  const known = files.reduce((sum, file) => sum + (file.size ?? 0), 0);
  const complete = files.every((file) => file.size !== undefined);
  return complete ? known : Math.max(known, (bundleBytes ?? 0) * ASSUMED_EXPANSION);
}

function tooLittle(path: string, what: string, needed: number, free: number): UpdateError {
  return new UpdateError(
    'no-space',
    `${path}: ${String(needed)} ${what} needed, ${String(free)} free`,
    {
      details: { path, what, needed, free },
    },
  );
}
