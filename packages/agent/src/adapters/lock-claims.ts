/**
 * Whose the lock file is: one claim a line, and the first claim of a living process counts. Appending is atomic and what
 * is dead stays dead, so any number of racers agree on one owner without ever deleting a file that may be another's.
 */
import { lstat, type FileHandle } from 'node:fs/promises';
import { UpdateError } from '@pikit/protocol';
import * as v from 'valibot';
import type { Clock, LockHolder } from '../ports.ts';
import { errnoOf } from './disk-failure.ts';
import { isAlive, ownIdentity } from './process-alive.ts';

/** How long a file without a claim may be the work of somebody who is about to write one. */
const EMPTY_GRACE_MS = 1000;
const EMPTY_POLL_MS = 20;
const MAX_BYTES = 64 * 1024;

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

export interface LockFile {
  readonly path: string;
  readonly file: FileHandle;
}

/** The claim that counts. */
export async function countingClaim(file: FileHandle): Promise<Claim | undefined> {
  for (const claim of await readClaims(file)) if (await isAlive(claim)) return claim;
  return undefined;
}

/** Somebody created the file and has not claimed it yet: gives them time, for they may have died in between. */
async function waitForClaim({ path, file }: LockFile, clock: Clock): Promise<void> {
  const never = new AbortController().signal;
  const end = clock.monotonicMs() + EMPTY_GRACE_MS;
  while (clock.monotonicMs() < end) {
    if ((await readClaims(file)).length > 0 || !(await isStillAt(path, file))) return;
    await clock.sleep(EMPTY_POLL_MS, never);
  }
}

/**
 * Claims the file and returns the nonce. Undefined when the file was given back meanwhile: open it anew. Throws `busy`
 * when somebody else's claim counts.
 */
export async function claimLock(
  lock: LockFile,
  {
    what,
    created,
    clock,
  }: { readonly what: string; readonly created: boolean; readonly clock: Clock },
): Promise<string | undefined> {
  const { path, file } = lock;
  if (!created) await waitForClaim(lock, clock);
  const before = await countingClaim(file);
  // What was given back still names its owner, but is nobody's any more.
  if (!(await isStillAt(path, file))) return undefined;
  if (before !== undefined) throw busy(before);

  const nonce = clock.randomHex(16);
  await appendLine(file, { nonce, ...(await ownIdentity()), what, since: clock.now() });
  const first = await countingClaim(file);
  if (!(await isStillAt(path, file))) return undefined;
  if (first?.nonce === nonce) return nonce;
  await appendLine(file, { withdrawn: nonce });
  if (first === undefined) throw new Error(`${path} does not keep what is written to it`);
  throw busy(first);
}
