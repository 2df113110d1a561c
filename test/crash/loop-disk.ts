/**
 * Filesystems of a test's own: images in a tmpfs, mounted through loop devices. The image holds what reached the disk; what
 * the kernel still keeps in its cache is not in it, and that is what a power cut takes. Unmounts what it mounted and nothing
 * else. Needs root.
 */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { awaitLoopRelease, loopDeviceOf } from '../support/loop-device.ts';

export interface Kind {
  readonly name: string;
  readonly megabytes: number;
  /** Program and arguments; the image comes last. */
  readonly format: readonly [string, ...string[]];
  readonly mountOptions: string;
}

/** ext4 would go on writing its tables for a while after the first mount, and no copy would find the disk at rest. */
const FORMAT_EXT4 = ['mkfs.ext4', '-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0'] as const;

export const EXT4: Kind = {
  name: 'ext4',
  megabytes: 64,
  format: FORMAT_EXT4,
  mountOptions: 'loop',
};
/** Without what ext4 does by default for programs that rename without a sync. */
export const BARE_EXT4: Kind = {
  name: 'ext4 data=writeback,noauto_da_alloc',
  megabytes: 64,
  format: FORMAT_EXT4,
  mountOptions: 'loop,data=writeback,noauto_da_alloc',
};
export const XFS: Kind = {
  name: 'xfs',
  megabytes: 300,
  format: ['mkfs.xfs', '-q'],
  mountOptions: 'loop',
};
export const BTRFS: Kind = {
  name: 'btrfs',
  megabytes: 128,
  format: ['mkfs.btrfs', '-q'],
  mountOptions: 'loop',
};

export interface Mounted {
  readonly root: string;
  /** False when the disk did not stand still in the meantime: then the copy is of no one instant, and was removed. */
  readonly copyImage: (to: string) => boolean;
  readonly unmount: () => void;
}

export interface LoopDisks {
  /** A path for an image. */
  readonly path: (name: string) => string;
  readonly format: (kind: Kind, image: string) => void;
  readonly copy: (image: string, to: string) => void;
  /**
   * One at a time and always in the same place: our symlinks name it, and an image and its copies bear one identity, which
   * must not be there twice.
   */
  readonly mount: (kind: Kind, image: string) => Mounted;
  /** Unmounts and removes everything. */
  readonly close: () => void;
}

export function createLoopDisks(): LoopDisks {
  const place = mkdtempSync(join(tmpdir(), 'pikit-loop-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', 'size=4g,mode=0700', 'pikit-loop', place);
  } catch (error) {
    rmdirSync(place);
    throw error;
  }
  const root = join(place, 'device');
  mkdirSync(root);

  const mount = (kind: Kind, image: string): Mounted => {
    run('mount', '-o', kind.mountOptions, image, root);
    let device: string | undefined;
    return {
      root,
      copyImage(to) {
        device ??= loopDeviceOf(image) ?? '';
        const before = writesOf(device);
        copySparsely(image, to);
        if (before.isAtRest && writesOf(device).counters === before.counters) return true;
        rmSync(to);
        return false;
      },
      unmount() {
        run('umount', root);
        awaitLoopRelease(image);
      },
    };
  };

  return {
    path: (name) => join(place, name),
    format({ megabytes, format: [program, ...args] }, image) {
      writeFileSync(image, '');
      truncateSync(image, megabytes * 1024 * 1024);
      run(program, ...args, image);
    },
    copy: copySparsely,
    mount,
    close() {
      // Also after a failure, when something may still be mounted or even running there.
      run('umount', '--recursive', '--lazy', place);
      rmdirSync(place);
    },
  };
}

/** Why this machine cannot do it, found by doing it; undefined when it can. */
export function reasonAgainst(kind: Kind): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root';
  try {
    const disks = createLoopDisks();
    try {
      disks.format(kind, disks.path('probe'));
      disks.mount(kind, disks.path('probe')).unmount();
    } finally {
      disks.close();
    }
    return undefined;
  } catch (error) {
    return String(error).split('\n').slice(0, 2).join(' ');
  }
}

/** The columns of Documentation/block/stat.rst that say what was written, and what is on its way. */
const WRITTEN = [4, 6, 11, 13];
const IN_FLIGHT = 8;

function writesOf(device: string): { readonly isAtRest: boolean; readonly counters: string } {
  const columns = readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8')
    .trim()
    .split(/\s+/);
  return {
    isAtRest: columns[IN_FLIGHT] === '0',
    counters: WRITTEN.map((column) => columns[column]).join(' '),
  };
}

function copySparsely(from: string, to: string): void {
  run('cp', '--sparse=always', from, to);
}

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
