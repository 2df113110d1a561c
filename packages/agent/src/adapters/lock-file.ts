/**
 * One transaction at a time, also across processes. `lockfile` creates the file; whose it is stands inside, one claim a
 * line, and the first claim of a living process counts. Appending is atomic and what is dead stays dead, so any number
 * of racers agree on one owner, and a lock left by a killed process is taken over without ever deleting a file that
 * might be somebody else's by now.
 *
 * Invariants: `stale` is never passed (it believes the wall clock, which jumps by years at boot); options are a fresh
 * object each time (lockfile changes them); the file is removed only by the owner of the claim that counts.
 */
import { constants } from 'node:fs';
import { lstat, mkdir, open, type FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import { promisify } from 'node:util';
import { UpdateError } from '@pikit/protocol';
import lockfile from 'lockfile';
import * as v from 'valibot';
import type { Clock, Lock, LockHolder } from '../ports.ts';
import { diskFailure, errnoOf } from './disk-failure.ts';
import { isAlive, ownIdentity } from './process-alive.ts';

/** How long a file without a claim may be the work of somebody who is about to write one. */
const EMPTY_GRACE_MS = 1000;
const EMPTY_POLL_MS = 20;
const MAX_BYTES = 64 * 1024;
/** Each turn is lost to another process that made progress, so this many in a row mean a fault. */
const MAX_TURNS = 100;

const ClaimSchema = v.object({
  nonce: v.string(),
  pid: v.number(),
  start: v.string(),
  boot: v.string(),
  what: v.string(),
  since: v.string(),
});
type Claim = v.InferOutput<typeof ClaimSchema>;

const LineSchema = v.union([ClaimSchema, v.object({ withdrawn: v.string() })]);

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

function parseLine(line: string): v.InferOutput<typeof LineSchema> | undefined {
  try {
    return v.parse(LineSchema, JSON.parse(line));
  } catch {
    // because a torn or foreign line claims nothing
    return undefined;
  }
}

/** Claims that were not withdrawn, oldest first. */
async function readClaims(file: FileHandle): Promise<readonly Claim[]> {
  const buffer = Buffer.alloc(MAX_BYTES);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  const lines = buffer
    .toString('utf8', 0, bytesRead)
    .split('\n')
    .map(parseLine)
    .filter((line) => line !== undefined);
  const withdrawn = new Set(lines.map((line) => ('withdrawn' in line ? line.withdrawn : '')));
  return lines.filter((line) => 'nonce' in line).filter(({ nonce }) => !withdrawn.has(nonce));
}

async function firstAlive(claims: readonly Claim[]): Promise<Claim | undefined> {
  for (const claim of claims) if (await isAlive(claim)) return claim;
  return undefined;
}

/** The leading line break keeps the claim apart from a torn line before it. */
async function appendLine(file: FileHandle, line: object): Promise<void> {
  await file.appendFile(`\n${JSON.stringify(line)}\n`);
}

/** Whether the open file still stands at the path; a released one does not. */
async function isStillAt(path: string, file: FileHandle): Promise<boolean> {
  const mine = await file.stat({ bigint: true });
  try {
    const there = await lstat(path, { bigint: true });
    return there.ino === mine.ino && there.dev === mine.dev;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

const busy = ({ what, pid, since }: LockHolder): UpdateError =>
  new UpdateError('busy', `busy: ${what}, process ${pid}, since ${since}`, {
    details: { what, pid, since },
  });

interface Needs {
  /** On the host: below the root, if there is one. */
  readonly path: string;
  readonly clock: Clock;
}

export function createLock({ path, clock }: Needs): Lock {
  const never = new AbortController().signal;

  /** Somebody created the file and has not claimed it yet: gives them time, for they may have died in between. */
  const waitForClaim = async (file: FileHandle): Promise<void> => {
    const end = clock.monotonicMs() + EMPTY_GRACE_MS;
    while (clock.monotonicMs() < end) {
      if ((await readClaims(file)).length > 0 || !(await isStillAt(path, file))) return;
      await clock.sleep(EMPTY_POLL_MS, never);
    }
  };

  /** Undefined when the file went away meanwhile; throws `busy` when somebody else's claim counts. */
  const claimIn = async (
    file: FileHandle,
    what: string,
    created: boolean,
  ): Promise<string | undefined> => {
    if (!created) await waitForClaim(file);
    const before = await firstAlive(await readClaims(file));
    if (before !== undefined) throw busy(before);
    if (!(await isStillAt(path, file))) return undefined;

    const nonce = clock.randomHex(16);
    await appendLine(file, { nonce, ...(await ownIdentity()), what, since: clock.now() });
    const first = await firstAlive(await readClaims(file));
    if (first?.nonce === nonce) return (await isStillAt(path, file)) ? nonce : undefined;
    await appendLine(file, { withdrawn: nonce });
    // Nobody counts, not even we: the claim could not be read back.
    if (first === undefined) throw new Error(`${path} does not keep what is written to it`);
    throw busy(first);
  };

  const takeTurn = async (what: string): Promise<string | undefined> => {
    const created = await tryCreate(path);
    const file = await openLock(path);
    if (file === undefined) return undefined;
    try {
      return await claimIn(file, what, created);
    } finally {
      await file.close();
    }
  };

  const currentClaim = async (): Promise<Claim | undefined> => {
    const file = await openLock(path);
    if (file === undefined) return undefined;
    try {
      return await firstAlive(await readClaims(file));
    } finally {
      await file.close();
    }
  };

  const release = async (nonce: string): Promise<void> => {
    if ((await currentClaim())?.nonce === nonce) await remove(path);
  };

  return {
    async acquire(what) {
      try {
        await mkdir(posix.dirname(path), { recursive: true });
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
      const claim = await currentClaim();
      return claim && { pid: claim.pid, what: claim.what, since: claim.since };
    },
  };
}
