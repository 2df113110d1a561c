/**
 * Every call that changes the disk is refused, once, with a few or with all after it, during a first install and an update; then the
 * power goes, so that what a failed sync has dropped is gone. The next life, on a healthy disk, must make one whole release of
 * it. What the real agent says and how it exits is the business of `disk-errors.test.ts`.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { OWN_DIRECTORY, STAGING } from '../../packages/agent/src/core/layout.ts';
import { NEEDS_ROOM } from '../support/memory-disk/gate.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import { errno } from '../support/memory-disk/paths.ts';
import { buildReleases, layMemoryDevice, liveOn, type Published } from './memory-bench.ts';
import { OLD, sideOf } from './sides.ts';
import { countPoints, crashSeed, createRandom } from './tally.ts';
import { judge } from './verdict.ts';

const FROM = '1.1.0';
const TO = '1.2.0';

const SCENARIOS = [
  { name: 'a first install', before: [], sides: [OLD, sideOf(TO)] },
  { name: 'an update', before: [FROM], sides: [sideOf(FROM), sideOf(TO)] },
] as const;

let published: Published;
beforeAll(async () => {
  published = await buildReleases([FROM, TO]);
});

async function prepared(versions: readonly string[]): Promise<MemoryDisk> {
  const memory = await layMemoryDevice(published);
  for (const version of versions) await liveOn(memory, published).apply(version);
  return memory;
}

/** How many calls there are when nothing fails. */
async function countCalls(device: MemoryDisk): Promise<number> {
  const memory = device.fork();
  let count = 0;
  memory.setGate({ before: () => (count += 1) });
  await liveOn(memory, published).apply(TO);
  return count;
}

interface Fault {
  readonly at: number;
  /** How many calls in a row. */
  readonly length: number;
}

const MOST_IN_A_ROW = 6;

const STAGED = `${STAGING}/${TO}`;
const OWN = `${STAGED}/${OWN_DIRECTORY}`;

/** What was to be staged is tried once more, without a reboot; then the power goes. Undefined when there were not so many. */
async function refuseSync(device: MemoryDisk, at: number, random: () => number) {
  const memory = device.fork();
  let count = 0;
  let refused = '';
  memory.setGate({
    before: (call, path) => {
      if (call !== 'sync' || !path.startsWith(`${STAGED}/`) || path.startsWith(OWN)) return;
      count += 1;
      if (count !== at) return;
      refused = path;
      throw errno('EIO', path);
    },
  });
  const first = await liveOn(memory, published).apply(TO);
  memory.setGate({});
  if (refused === '') return undefined;
  const second = await liveOn(memory, published).apply(TO);
  return { memory: memory.crash(random), refused, outcomes: [first?.outcome, second?.outcome] };
}

/** The disk after the power has gone, and which call was refused. */
async function refuse(device: MemoryDisk, { at, length }: Fault, random: () => number) {
  const memory = device.fork();
  const codes = {
    full: random() < 0.5 ? 'ENOSPC' : 'EIO',
    other: random() < 0.5 ? 'EIO' : 'EROFS',
  };
  let count = 0;
  let refused = '';
  memory.setGate({
    before: (call, path) => {
      count += 1;
      if (count < at || count >= at + length) return;
      const code = NEEDS_ROOM.includes(call) ? codes.full : codes.other;
      refused ||= `${code} at call ${String(at)} and ${String(length - 1)} more, ${call} ${path}`;
      throw errno(code, path);
    },
  });
  await liveOn(memory, published, { retryDelaysMs: [1, 2, 4] })
    .apply(TO)
    // because how it ends is not the point here: it may be refused, undone, or not even that
    .catch(() => undefined);
  memory.setGate({});
  return { memory: memory.crash(random), refused };
}

describe('a disk that refuses', () => {
  it.each(SCENARIOS)(
    'during $name leaves one whole release',
    { timeout: 30 * 60_000 },
    async ({ before, sides }) => {
      const seed = crashSeed();
      const random = createRandom(seed);
      const device = await prepared(before);
      const calls = await countCalls(device);
      const broken: string[] = [];
      for (let at = 1; at <= calls; at += 1) {
        const some = Math.ceil(random() * MOST_IN_A_ROW);
        for (const length of [some, Infinity]) {
          const { memory, refused } = await refuse(device, { at, length }, random);
          const { agent, disk } = liveOn(memory, published);
          await agent.updater.recover();
          const { complaints } = await judge(disk, sides);
          if (refused === '') broken.push(`nobody came to call ${String(at)}`);
          if (complaints.length > 0) broken.push(`${refused}: ${complaints.join('; ')}`);
        }
      }
      countPoints('model', calls * 2, broken.length);
      expect({ seed, broken: broken.slice(0, 5) }).toEqual({ seed, broken: [] });
      expect(calls).toBeGreaterThan(100);
    },
  );

  it(
    'to sync what is staged is not believed by the next try',
    { timeout: 30 * 60_000 },
    async () => {
      const seed = crashSeed();
      const random = createRandom(seed);
      const device = await prepared([FROM]);
      for (let at = 1; ; at += 1) {
        const done = await refuseSync(device, at, random);
        if (done === undefined) break;
        const { memory, refused, outcomes } = done;
        const { agent, disk } = liveOn(memory, published);
        const { complaints } = await judge(disk, [sideOf(TO)]);
        const { drift } = await agent.updater.verify();
        const found = { outcomes, complaints, damaged: drift?.damaged };
        const due = { outcomes: ['failed', 'committed'], complaints: [], damaged: 0 };
        expect({ seed, refused, ...found }).toEqual({ seed, refused, ...due });
      }
    },
  );
});
