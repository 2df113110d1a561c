/** Is there room for the next update on each filesystem, may it be written, and will it keep what is written? Findings in, verdict out. */
import { MARGIN } from '../../core/space.ts';
import type { Filesystem } from '../device/facts.ts';
import { bad, ok, warning, type Verdict } from './verdict.ts';

/** What the next release will take at most, as far as is known. */
export interface RoomWanted {
  readonly bytes: number;
  readonly files: number;
}

const CHECK = 'disk';
const MIB = 1024 * 1024;
/** Gone at the next boot. */
const FORGETFUL = new Set(['tmpfs', 'ramfs', 'overlay']);

export function judgeDisk(
  filesystems: readonly Filesystem[],
  wanted: RoomWanted,
): readonly Verdict[] {
  return filesystems.map((filesystem) => judge(filesystem, wanted));
}

function judge(filesystem: Filesystem, wanted: RoomWanted): Verdict {
  const { mount, type, isReadOnly, isSandboxOwn, freeBytes, places } = filesystem;
  const held = places.join(', ');
  if (isReadOnly) {
    const remount = `mount -o remount,rw ${mount}; if it became so by itself: dmesg, and save what is on the card`;
    return bad(CHECK, `${mount} is mounted read-only, and holds ${held}`, remount);
  }
  if (FORGETFUL.has(type) && !isSandboxOwn) {
    const found = `${mount} is ${type}, which a restart empties, and holds ${held}`;
    return bad(CHECK, found, 'let these directories lie on the card or a disk');
  }
  const isCounted = filesystem.totalInodes > 0;
  const words = isCounted ? ` and ${String(filesystem.freeInodes)} inodes` : '';
  const found = `${mount} (${type}): ${mebibytes(freeBytes)} MiB${words} free`;
  const bytes = wanted.bytes + MARGIN.bytes;
  const inodes = wanted.files + MARGIN.inodes;
  if (freeBytes < bytes) {
    const needed = mebibytes(Math.ceil(bytes / MIB) * MIB);
    return bad(CHECK, `${found}; the next update may need ${needed} MiB`, `make room on ${mount}`);
  }
  if (isCounted && filesystem.freeInodes < inodes) {
    const needed = String(inodes);
    return bad(
      CHECK,
      `${found}; the next update may need ${needed} inodes`,
      `remove files on ${mount}`,
    );
  }
  return freeBytes < 2 * bytes
    ? warning(CHECK, `${found}: little more than the next update needs`, `make room on ${mount}`)
    : ok(CHECK, found);
}

function mebibytes(bytes: number): string {
  return String(Math.floor(bytes / MIB));
}
