/**
 * One transaction at a time, also across processes. `lockfile` creates the file; whose it is stands inside
 * (`lock-claims.ts`), so that a lock left by a killed process is taken over at once.
 *
 * Invariants: `stale` is never passed (it believes the wall clock, which jumps by years at boot); options are a fresh
 * object each time (lockfile changes them); the file is removed only by the owner of the claim that counts.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import { promisify } from 'node:util';
import { UpdateError } from '@pikit/protocol';
import lockfile from 'lockfile';
import type { Clock, Lock } from '../ports.ts';
import { diskFailure, errnoOf } from './disk-failure.ts';
import { makeDirectoryDurably } from './durable-write.ts';
import { realFileSystem } from './file-system-node.ts';
import { claimLock, countingClaim } from './lock-claims.ts';

/** Each turn is lost to another process that made progress, so this many in a row mean a fault. */
const MAX_TURNS = 100;

const create = promisify((path: string, done: (error: Error | null) => void) => {
  lockfile.lock(path, {}, done);
});
const remove = promisify((path: string, done: (error: Error | null) => void) => {
  lockfile.unlock(path, done);
});

/** False when the file exists already. */
async function tryCreate(path: string): Promise<boolean> {
  try {
    await create(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function openLock(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined when there is no lock file. */
async function withLockFile<T>(
  path: string,
  work: (file: FileHandle) => Promise<T>,
): Promise<T | undefined> {
  const file = await openLock(path);
  if (file === undefined) return undefined;
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

interface Needs {
  /** On the host: below the root, if there is one. */
  readonly path: string;
  readonly clock: Clock;
}

export function createLock({ path, clock }: Needs): Lock {
  const takeTurn = async (what: string): Promise<string | undefined> => {
    const created = await tryCreate(path);
    return withLockFile(path, (file) => claimLock({ path, file }, { what, created, clock }));
  };

  const release = async (nonce: string): Promise<void> => {
    const claim = await withLockFile(path, countingClaim);
    if (claim?.nonce === nonce) await remove(path);
  };

  return {
    async acquire(what) {
      try {
        // Not Node's own with `recursive`, which says of a full disk that nothing is there.
        await makeDirectoryDurably(realFileSystem, posix.dirname(path));
        for (let turn = 0; turn < MAX_TURNS; turn += 1) {
          const nonce = await takeTurn(what);
          if (nonce !== undefined) return { release: () => release(nonce) };
        }
      } catch (error) {
        throw diskFailure(error, 'lock', path);
      }
      throw new UpdateError('internal', `${path} is taken and given back without end`);
    },
    async holder() {
      const claim = await withLockFile(path, countingClaim);
      return claim && { pid: claim.pid, what: claim.what, since: claim.since };
    },
  };
}
