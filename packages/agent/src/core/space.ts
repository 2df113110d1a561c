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

/** `free[i]` answers `needs[i]`. Throws `no-space` with `path`, `needed` and `free` in bytes, or inodes as `what` says. */
export function assertFits(needs: readonly Need[], free: readonly Free[]): void {
  const perFilesystem = new Map<
    string,
    { path: string; bytes: number; inodes: number; free: Free }
  >();
  needs.forEach((need, index) => {
    const room = free[index];
    if (room === undefined) return;
    const sum = perFilesystem.get(room.filesystem);
    perFilesystem.set(room.filesystem, {
      path: sum?.path ?? need.path,
      bytes: (sum?.bytes ?? MARGIN.bytes) + need.bytes,
      inodes: (sum?.inodes ?? MARGIN.inodes) + need.inodes,
      free: room,
    });
  });
  for (const sum of perFilesystem.values()) {
    if (sum.bytes > sum.free.freeBytes) {
      throw tooLittle(sum.path, 'bytes', sum.bytes, sum.free.freeBytes);
    }
    if (sum.free.totalInodes > 0 && sum.inodes > sum.free.freeInodes) {
      throw tooLittle(sum.path, 'inodes', sum.inodes, sum.free.freeInodes);
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
