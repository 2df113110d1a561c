/**
 * The power is cut at random instants of a first install, an update and a roll-back, on real filesystems. The next life of
 * the agent must end what was begun, with one whole release at the targets, and what it had called committed stays so.
 * `PIKIT_CRASH_KEEP` names a directory for the images of the cuts that broke something.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDisk } from '../../packages/agent/src/adapters/disk-posix.ts';
import { JOURNAL_FILE } from '../../packages/agent/src/core/layout.ts';
import { startRun, type Cut } from './cut-power.ts';
import {
  prepareScenarios,
  recoveryOf,
  runAgent,
  type Scenario,
  type Scenarios,
} from './cut-scenarios.ts';
import {
  BARE_EXT4,
  BTRFS,
  createLoopDisks,
  EXT4,
  reasonAgainst,
  XFS,
  type Kind,
  type LoopDisks,
} from './loop-disk.ts';
import { countPoints, createRandom, crashSeed, cutsWanted, type PointKind } from './tally.ts';
import { commands } from './small-device.ts';
import { judge } from './verdict.ts';

/** One run of the agent serves about half as many cuts and never more, the last of them after its end. */
const MOST_CUTS_A_RUN = 20;
/** Each so many cuts the owner goes on, with the next update or roll-back. */
const GOES_ON = 5;
/** Each so many cuts the recovery is cut too. */
const CUT_AGAIN = 20;
/** The part that must have fallen into a transaction, so that the test cannot come to prove nothing. */
const MIN_INSIDE = 1 / 3;
/** No run is taken to last less, so that the first is cut often enough. */
const SHORT_MS = 60;
const BEFORE = 'no journal';
const AFTER = 'after the end';
/** Never to be seen: it is replaced as a whole. */
const DAMAGED = 'a damaged journal';

const seed = crashSeed();
const keep = process.env['PIKIT_CRASH_KEEP'];

interface Draws {
  readonly random: () => number;
  /** How long such a run is expected to last. */
  readonly lastsMs: number;
  /** Cuts. */
  readonly most: number;
}

interface Finding {
  /** A phase, or on which side of the transaction the cut fell. */
  readonly found: string;
  readonly complaints: readonly string[];
}

/** What the disk holds before anybody repairs it. */
function foundOn(root: string, hasCommitted: boolean): string {
  const journal = join(root, JOURNAL_FILE);
  if (!existsSync(journal)) return hasCommitted ? AFTER : BEFORE;
  return /"phase": "([a-z-]+)"/.exec(readFileSync(journal, 'utf8'))?.[1] ?? DAMAGED;
}

const isInside = (found: string): boolean => found !== BEFORE && found !== AFTER;

async function examine(
  root: string,
  { before, after }: Scenario,
  { said, hasEnded }: Cut,
  nextAfter: Scenarios['nextAfter'] | undefined,
): Promise<Finding> {
  const hasCommitted = said.includes('"outcome":"committed"');
  if (hasEnded && !said.includes('"outcome":')) {
    return { found: 'a failure without any cut', complaints: [said] };
  }
  // A device keeps it in memory.
  rmSync(join(root, 'run'), { recursive: true, force: true });
  const found = foundOn(root, hasCommitted);
  if (found === DAMAGED) return { found, complaints: [found] };
  const recovery = await runAgent(commands.recover(root));
  if (recovery.code !== 0) return { found, complaints: [`recovery: ${recovery.said}`] };
  const disk = createDisk({ root });
  const { side, complaints } = await judge(disk, hasCommitted ? [after] : [before, after]);
  if (side === undefined || nextAfter === undefined) return { found, complaints };
  const next = nextAfter(side);
  const going = await runAgent(next.args(root));
  const later = going.code === 0 ? (await judge(disk, [next.after])).complaints : [going.said];
  return { found, complaints: [...complaints, ...later.map((text) => `and then: ${text}`)] };
}

/** Cuts at random instants of one run, from the journal's first appearance to just after the end. */
async function cutOneRun(disks: LoopDisks, kind: Kind, scenario: Scenario, draws: Draws) {
  const image = disks.path('running.image');
  disks.copy(scenario.image, image);
  const disk = disks.mount(kind, image);
  const run = await startRun({
    disk,
    args: scenario.args(disk.root),
    hasBegun: (said) => scenario.hasBegun(disk.root, said),
    isNoisy: draws.random() < 0.5,
  });
  const cuts: Cut[] = [];
  try {
    for (let isOver = false; !isOver;) {
      const isLast = cuts.length === draws.most - 1;
      const gapMs = isLast ? Infinity : (draws.random() * draws.lastsMs * 4) / MOST_CUTS_A_RUN;
      const cut = await run.cutAfter(gapMs, disks.path(`cut-${cuts.length}.image`));
      cuts.push(cut);
      isOver = cut.hasEnded;
    }
  } finally {
    await run.stop();
  }
  disk.unmount();
  return cuts;
}

/** All cuts of one filesystem, one run of the agent after the other. */
async function cutOften(disks: LoopDisks, kind: Kind, wanted: number) {
  const random = createRandom(seed);
  const scenarios = await prepareScenarios(disks, kind);
  const total = { done: 0, spread: {} as Record<string, number>, broken: [] as string[] };
  let unfinished: Scenario | undefined;

  const judgeCut = async (scenario: Scenario, cut: Cut): Promise<void> => {
    const isCutAgain = random() * CUT_AGAIN < 1;
    // As it was found: a copy of hundreds of megabytes, which few cuts need.
    const copy = isCutAgain || keep !== undefined ? disks.path('copy.image') : undefined;
    if (copy !== undefined) disks.copy(cut.image, copy);
    const nextAfter = random() * GOES_ON < 1 ? scenarios.nextAfter : undefined;
    const disk = disks.mount(kind, cut.image);
    const { found, complaints } = await examine(disk.root, scenario, cut, nextAfter);
    disk.unmount();
    rmSync(cut.image);
    total.spread[found] = (total.spread[found] ?? 0) + 1;
    const where = `cut ${total.done} after ${cut.instantMs.toFixed(1)} ms of the ${scenario.name}`;
    if (complaints.length > 0) {
      total.broken.push(`${where}, in ${found}: ${complaints.join('; ')}`);
      if (keep !== undefined && copy !== undefined) {
        disks.copy(copy, join(keep, `${kind.name}-${total.done}.image`));
      }
    }
    if (isCutAgain && copy !== undefined && isInside(found)) {
      disks.copy(copy, disks.path('unfinished.image'));
      unfinished = recoveryOf(scenario, disks.path('unfinished.image'));
    }
    total.done += 1;
  };

  let lastsMs = SHORT_MS;
  while (total.done < wanted) {
    const drawn = scenarios.all[Math.floor(random() * scenarios.all.length)];
    const scenario = unfinished ?? drawn;
    if (scenario === undefined) throw new Error('nothing to cut');
    unfinished = undefined;
    const most = Math.min(MOST_CUTS_A_RUN, wanted - total.done);
    const cuts = await cutOneRun(disks, kind, scenario, { random, lastsMs, most });
    // A run that the machine held up for once must not spread the next cuts beyond its end.
    lastsMs = Math.min(2 * lastsMs, Math.max(SHORT_MS, cuts.at(-1)?.instantMs ?? 0));
    for (const cut of cuts) await judgeCut(scenario, cut);
  }
  return total;
}

const FILESYSTEMS = [
  { kind: EXT4, point: 'powercut.ext4', share: 1 },
  { kind: BARE_EXT4, point: 'powercut.ext4', share: 0.2 },
  { kind: XFS, point: 'powercut.xfs', share: 1 },
  { kind: BTRFS, point: 'powercut.btrfs', share: 1 },
] as const satisfies readonly { kind: Kind; point: PointKind; share: number }[];

describe('a power cut on a real filesystem', () => {
  for (const { kind, point, share } of FILESYSTEMS) {
    const reason = reasonAgainst(kind);
    if (reason !== undefined) process.stderr.write(`no power cuts on ${kind.name}: ${reason}\n`);
    const wanted = Math.ceil(cutsWanted() * share);
    it.skipIf(reason !== undefined)(
      `leaves one whole release: ${kind.name}`,
      { timeout: 60_000 + wanted * 30_000 },
      async () => {
        const disks = createLoopDisks();
        try {
          const { done, spread, broken } = await cutOften(disks, kind, wanted);
          countPoints(point, done, broken.length);
          const words = Object.entries(spread).map(([found, count]) => `${found} ${count}`);
          process.stderr.write(`${kind.name}, seed ${seed}: ${done} cuts: ${words.join(', ')}\n`);
          expect({ seed, broken }).toEqual({ seed, broken: [] });
          const inside = done - (spread[BEFORE] ?? 0) - (spread[AFTER] ?? 0);
          expect(inside / done).toBeGreaterThan(MIN_INSIDE);
        } finally {
          disks.close();
        }
      },
    );
  }
});
