/**
 * The power goes, or the process is killed, before and after every call that changes the disk: during a first install, an
 * update, an update that undoes itself, a roll-back. Each time the next life must end it with every target whole, nothing
 * left about, and a further update must succeed. One run gives all its cuts, because an image of the disk disturbs nothing.
 */
import type { TransactionResult } from '@pikit/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import {
  buildReleases,
  layMemoryDevice,
  liveOn,
  type Life,
  type Published,
} from './memory-bench.ts';
import { OLD, sideOf } from './sides.ts';
import { countPoints, crashSeed, createRandom } from './tally.ts';
import { judge, type Side } from './verdict.ts';

/** A recovery that goes on with an update makes so many. */
const MOST_CALLS = 200;
const BAD = '1.2.0';
const NEXT = '1.3.0';

interface Scenario {
  readonly name: string;
  readonly before: (life: Life) => Promise<unknown>;
  readonly run: (life: Life) => Promise<unknown>;
  readonly sides: readonly [Side, Side];
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a first install',
    before: async () => undefined,
    run: ({ apply }) => apply('1.1.0'),
    sides: [OLD, sideOf('1.1.0')],
  },
  {
    name: 'an update',
    before: ({ apply }) => apply('1.0.1'),
    run: ({ apply }) => apply('1.1.0'),
    sides: [sideOf('1.0.1'), sideOf('1.1.0')],
  },
  {
    name: 'an update that undoes itself',
    before: ({ apply }) => apply('1.1.0'),
    run: ({ apply }) => apply(BAD),
    sides: [sideOf('1.1.0'), sideOf(BAD)],
  },
  {
    name: 'a first install that undoes itself',
    before: async () => undefined,
    run: ({ apply }) => apply(BAD),
    sides: [OLD, sideOf(BAD)],
  },
  {
    name: 'a roll-back',
    before: ({ apply }) => apply('1.1.0'),
    run: ({ rollback }) => rollback(),
    sides: [sideOf('1.1.0'), OLD],
  },
];

interface Image {
  readonly where: string;
  readonly memory: MemoryDisk;
}

let published: Published;
beforeAll(async () => {
  published = await buildReleases(['1.0.1', '1.1.0', BAD, NEXT]);
});

/** An image for each way in which it can end at each moment. */
async function imagesOf(scenario: Scenario, seed: number): Promise<readonly Image[]> {
  const memory = await layMemoryDevice(published);
  const life = liveOn(memory, published, { refused: [BAD] });
  await scenario.before(life);
  const random = createRandom(seed);
  const images: Image[] = [];
  let count = 0;
  const take = (how: string, image: MemoryDisk, call: string): void => {
    images.push({ where: `${how} call ${String(count)}, ${call}`, memory: image });
  };
  memory.setGate({
    before: (call, path) => {
      count += 1;
      // Killed after it is killed before the next.
      take('killed before', memory.fork(), `${call} ${path}`);
      take('cut before', memory.crash(random), `${call} ${path}`);
    },
    after: (call, path) => take('cut after', memory.crash(random), `${call} ${path}`),
  });
  await scenario.run(life);
  memory.setGate({});
  return images;
}

/** The recovery is cut too, at one of its first calls; one that has fewer is over. */
async function cutAgain(memory: MemoryDisk, random: () => number): Promise<MemoryDisk> {
  let left = Math.floor(random() * MOST_CALLS);
  let image = memory;
  memory.setGate({
    after: () => {
      left -= 1;
      if (left === 0) image = memory.crash(random);
    },
  });
  await liveOn(memory, published, { refused: [BAD] }).agent.updater.recover();
  memory.setGate({});
  return image;
}

/** Complaints of one image's recovery, and of an update or a roll-back after some of them; empty when all is well. */
async function survive(
  image: Image,
  [before, after]: Scenario['sides'],
  random: () => number,
): Promise<readonly string[]> {
  const memory = oneIn(4, random) ? await cutAgain(image.memory, random) : image.memory;
  const next = liveOn(memory, published, { refused: [BAD] });
  await next.agent.updater.recover();
  const { side, complaints } = await judge(memory.disk, [before, after]);
  if (oneIn(8, random)) {
    const result = await next.apply(NEXT);
    return [...complaints, ...(await complaintsOf('an update', result, memory, sideOf(NEXT)))];
  }
  if (oneIn(8, random) && side?.name === after.name) {
    const result = await next.rollback();
    return [...complaints, ...(await complaintsOf('a roll-back', result, memory, before))];
  }
  return complaints;
}

async function complaintsOf(
  what: string,
  result: TransactionResult | undefined,
  { disk }: MemoryDisk,
  expected: Side,
): Promise<readonly string[]> {
  const { complaints } = await judge(disk, [expected]);
  return [...(result?.outcome === 'committed' ? [] : [JSON.stringify(result)]), ...complaints].map(
    (complaint) => `after ${what}: ${complaint}`,
  );
}

const oneIn = (many: number, random: () => number): boolean => random() < 1 / many;

describe('an end at any moment', () => {
  it.each(SCENARIOS)(
    'of $name leaves one whole release',
    { timeout: 300_000 },
    async (scenario) => {
      const seed = crashSeed();
      const images = await imagesOf(scenario, seed);
      const random = createRandom(seed);
      const broken: string[] = [];
      for (const image of images) {
        const complaints = await survive(image, scenario.sides, random);
        if (complaints.length > 0) broken.push(`${image.where}: ${complaints.join('; ')}`);
      }
      countPoints('model', images.length, broken.length);
      expect({ seed, broken: broken.slice(0, 5) }).toEqual({ seed, broken: [] });
      expect(images.length).toBeGreaterThan(300);
    },
  );
});
