/**
 * A disk in memory that forgets: content that was not synced and names that were not synced in their directory are lost,
 * torn or kept by chance when the power goes. It stands below the real disk adapter, so that the adapter's own syncs are
 * what is tested. No permissions, no free space that runs out by itself: a gate makes a call fail.
 */
import { createDisk } from '../../../packages/agent/src/adapters/disk-posix.ts';
import type { FileSystem } from '../../../packages/agent/src/adapters/file-system.ts';
import type { Disk } from '../../../packages/agent/src/ports.ts';
import type { Gate } from './gate.ts';
import { cut, fork, type DiskState } from './image.ts';
import { createMemoryFileSystem } from './memory-file-system.ts';
import { createNameChanges } from './name-changes.ts';
import { createDirectory } from './nodes.ts';

export interface MemoryDisk {
  readonly fs: FileSystem;
  /** The real adapter over it. */
  readonly disk: Disk;
  /** Asked around each call that changes something; replaced at will. */
  readonly setGate: (gate: Gate) => void;
  /** The same disk under a new life of the agent: nothing is lost. This one goes on undisturbed. */
  readonly fork: () => MemoryDisk;
  /** What a power cut at this instant leaves. This one goes on undisturbed. */
  readonly crash: (random: () => number) => MemoryDisk;
}

/** Empty. */
export function createMemoryDisk(): MemoryDisk {
  const counters = { ino: 0n, nowNs: 1_000_000_000n };
  const root = createDirectory(counters, 0o755);
  root.links = 1;
  return over({ counters, root, changes: createNameChanges(counters) });
}

function over(state: DiskState): MemoryDisk {
  let gate: Gate = {};
  const fs = createMemoryFileSystem(state, () => gate);
  return {
    fs,
    disk: createDisk({ root: '/', fs }),
    setGate: (next) => {
      gate = next;
    },
    fork: () => over(fork(state)),
    crash: (random) => {
      const image = fork(state);
      cut(image, random);
      return over(image);
    },
  };
}
