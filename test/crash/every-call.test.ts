/**
 * The power goes, or the process is killed, before and after every call that changes the disk: during a first install, an
 * update, one with a command, one that undoes itself, a roll-back, a repair, a fetching for later and what can follow it. Each time the next life must end it with every target whole, nothing
 * left about, and a further update must succeed. One run gives all its cuts, because an image of the disk disturbs nothing.
 */
import { PHASES, type TransactionResult } from '@pikit/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../packages/agent/src/core/journal-record.ts';
import { CURRENT } from '../../packages/agent/src/core/layout.ts';
import { laySignedUpdate } from '../../packages/agent/test/support/signed-journal.ts';
import { aRelease } from '../../packages/agent/test/support/workbench.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import { DEEPER_RELEASE, DEEPER_SIDES, LINKED_RELEASE, LINKED_SIDES } from './changed-kinds.ts';
import { imagesOf, type Image } from './images.ts';
import {
  buildReleases,
  layMemoryDevice,
  liveOn,
  type Life,
  type Published,
} from './memory-bench.ts';
import { OLD, PATHS, sideOf } from './sides.ts';
import { countPoints, crashSeed, createRandom, shareWanted } from './tally.ts';
import { judge, type Side } from './verdict.ts';

/** A recovery that goes on with an update makes so many. */
const MOST_CALLS = 200;
const BAD = '1.2.0';
const NEXT = '1.3.0';
const [COMMANDED, READY] = ['1.1.1', '1.1.0'];

interface Scenario {
  readonly name: string;
  readonly before: (life: Life) => Promise<unknown>;
  readonly run: (life: Life) => Promise<unknown>;
  readonly sides: readonly [Side, Side];
  /** Where a roll-back leads after it, when not to the first side. */
  readonly wayBack?: Side;
  /** False where it undoes itself. */
  readonly isGood?: boolean;
  /** The release brings a command. */
  readonly hasCommand?: boolean;
  /** What must lie ready as long as it is not installed: from its fetching on, or from the beginning. */
  readonly ready?: 'fetched' | 'always';
}

const [PAGE] = PATHS;
const DAMAGED: Side = {
  ...sideOf('1.1.0'),
  name: 'the damaged files',
  shown: { ...sideOf('1.1.0').shown, [PAGE]: 'rotten' },
};

const fetched = async ({ apply, stage }: Life) => [await apply('1.0.1'), await stage(READY)];

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
    name: 'an update that runs a command',
    before: ({ apply }) => apply('1.0.1'),
    run: async ({ disk, agent }) => {
      const files = published.get(COMMANDED)?.files;
      const manifest = files?.get(`/media/releases/${COMMANDED}/manifest.json`) ?? new Uint8Array();
      await laySignedUpdate(disk, { version: COMMANDED, manifest });
      await agent.updater.recover();
    },
    sides: [sideOf('1.0.1'), sideOf(COMMANDED)],
    hasCommand: true,
  },
  {
    name: 'an update that undoes itself',
    before: ({ apply }) => apply('1.1.0'),
    run: ({ apply }) => apply(BAD),
    sides: [sideOf('1.1.0'), sideOf(BAD)],
    isGood: false,
  },
  {
    name: 'a first install that undoes itself',
    before: async () => undefined,
    run: ({ apply }) => apply(BAD),
    sides: [OLD, sideOf(BAD)],
    isGood: false,
  },
  {
    name: 'a roll-back',
    before: ({ apply }) => apply('1.1.0'),
    run: ({ rollback }) => rollback(),
    sides: [sideOf('1.1.0'), OLD],
  },
  {
    name: 'an update to a release with links',
    before: ({ apply }) => apply('1.1.0'),
    run: ({ apply }) => apply(LINKED_RELEASE.version),
    sides: LINKED_SIDES,
  },
  {
    name: 'an update in which a copy becomes a directory',
    before: ({ apply }) => apply('1.1.0'),
    run: ({ apply }) => apply(DEEPER_RELEASE.version),
    sides: DEEPER_SIDES,
  },
  {
    name: 'a roll-back in which a directory becomes a copy',
    before: async ({ apply }) => [await apply('1.1.0'), await apply(DEEPER_RELEASE.version)],
    run: ({ rollback }) => rollback(),
    sides: [DEEPER_SIDES[1], DEEPER_SIDES[0]],
  },
  {
    name: 'a fetching for later',
    before: ({ apply }) => apply('1.0.1'),
    run: ({ stage }) => stage(READY),
    sides: [sideOf('1.0.1'), sideOf('1.0.1')],
    wayBack: OLD,
    ready: 'fetched',
  },
  {
    name: 'an update to what lies ready',
    before: fetched,
    run: ({ apply }) => apply(READY),
    sides: [sideOf('1.0.1'), sideOf(READY)],
    ready: 'always',
  },
  {
    name: 'a roll-back beside what lies ready',
    before: fetched,
    run: ({ rollback }) => rollback(),
    sides: [sideOf('1.0.1'), OLD],
    ready: 'always',
  },
  {
    name: 'a repair',
    before: async ({ apply, disk }) => {
      await apply('1.0.1');
      await apply('1.1.0');
      const tree = await disk.readLink(CURRENT);
      await disk.write(`${tree ?? ''}/pikit-web/index.html`, 'rotten', 0o644);
    },
    run: ({ repair }) => repair(),
    sides: [DAMAGED, sideOf('1.1.0')],
    wayBack: sideOf('1.0.1'),
  },
];

let published: Published;
beforeAll(async () => {
  const manifest = { post_install: ['bin/pikit-helper migrate'] };
  published = await buildReleases([
    '1.0.1',
    '1.1.0',
    aRelease(COMMANDED, { manifest }),
    LINKED_RELEASE,
    DEEPER_RELEASE,
    BAD,
    NEXT,
  ]);
});

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
  found: Image,
  { sides, wayBack = sides[0], isGood = true, hasCommand = false, ready }: Scenario,
  random: () => number,
): Promise<readonly string[]> {
  const memory = oneIn(4, random) ? await cutAgain(found.memory, random) : found.memory;
  const next = liveOn(memory, published, { refused: [BAD] });
  const unfinished = await next.agent.store.loadJournal();
  await next.agent.updater.recover();
  const { side, complaints: asFound } = await judge(memory.disk, sides);
  const complaints = [...asFound];
  // A power cycle is not a failure: whatever is worth going on with arrives.
  if (isGood && unfinished?.outcome === 'committed' && unfinished.phase !== 'preflight') {
    if (side?.name !== sides[1].name) complaints.push(`given up in ${unfinished.phase}`);
  }
  if (ready !== undefined && side?.version !== READY) {
    return [...complaints, ...(await complaintsOfReady(next, unfinished, ready))];
  }
  if (hasCommand) complaints.push(...complaintsOfCommand(next, unfinished, side === sides[1]));
  // What has ended stays as it ended, though the process that began it was killed before it could sync.
  if (side !== undefined && oneIn(3, random)) {
    const image = memory.crash(random);
    await liveOn(image, published, { refused: [BAD] }).agent.updater.recover();
    const { complaints: later } = await judge(image.disk, [side]);
    complaints.push(...later.map((complaint) => `after one more cut: ${complaint}`));
  }
  if (oneIn(8, random)) {
    const result = await next.apply(NEXT);
    return [...complaints, ...(await complaintsOf('an update', result, memory, sideOf(NEXT)))];
  }
  if (oneIn(8, random) && side?.name === sides[1].name) {
    const result = await next.rollback();
    return [...complaints, ...(await complaintsOf('a roll-back', result, memory, wayBack))];
  }
  return complaints;
}

/** Once it was there it stays, and needs no source. */
async function complaintsOfReady(
  { agent, disk }: Life,
  unfinished: JournalRecord | undefined,
  since: NonNullable<Scenario['ready']>,
): Promise<readonly string[]> {
  const { ready } = await agent.board.snapshot();
  const isDue =
    since === 'always' || (unfinished?.outcome === 'staged' && unfinished.phase !== 'preflight');
  if (ready?.version !== READY) return isDue ? ['nothing lies ready'] : [];
  await disk.rename('/media/releases', '/media/away');
  const { version, manifestSha256 } = ready;
  await agent.updater.apply({ version, manifestSha256 }, 'admin');
  const result = await agent.updater.settled();
  await disk.rename('/media/away', '/media/releases');
  return complaintsOf('its installation', result, { disk }, sideOf(READY));
}

/** Whoever goes on before the services have restarted runs it, alone; afterwards nobody does. */
function complaintsOfCommand(
  { commands: { calls } }: Life,
  unfinished: JournalRecord | undefined,
  hasArrived: boolean,
): readonly string[] {
  const isDue = PHASES.slice(0, PHASES.indexOf('probing')).includes(unfinished?.phase ?? 'probing');
  const runs = calls.filter((call) => call.startsWith('run ')).length;
  if (runs !== (isDue && hasArrived ? 1 : 0)) return [`${String(runs)} runs of the command`];
  return runs === 0 || calls[0]?.startsWith('stop ') === true ? [] : ['a former run was not ended'];
}

async function complaintsOf(
  what: string,
  result: TransactionResult | undefined,
  { disk }: Pick<MemoryDisk, 'disk'>,
  expected: Side,
): Promise<readonly string[]> {
  const { complaints } = await judge(disk, [expected]);
  return [...(result?.outcome === 'committed' ? [] : [JSON.stringify(result)]), ...complaints].map(
    (complaint) => `after ${what}: ${complaint}`,
  );
}

/** At each call one of the three ends that it can bring; which, chance decides. */
function oneOfEachThree(images: readonly Image[], random: () => number): readonly Image[] {
  let way = 0;
  return images.filter((_, at) => {
    if (at % 3 === 0) way = Math.floor(random() * 3);
    return at % 3 === way;
  });
}

const oneIn = (many: number, random: () => number): boolean => random() < 1 / many;

describe('an end at any moment', () => {
  it.each(SCENARIOS)(
    'of $name leaves one whole release',
    { timeout: 30 * 60_000 },
    async (scenario) => {
      const seed = crashSeed();
      const random = createRandom(seed);
      const memory = await layMemoryDevice(published);
      const life = liveOn(memory, published, { refused: [BAD] });
      await scenario.before(life);
      const images = await imagesOf(memory, () => scenario.run(life), random);
      const broken: string[] = [];
      const tried = shareWanted() < 1 ? oneOfEachThree(images, random) : images;
      for (const image of tried) {
        const complaints = await survive(image, scenario, createRandom(seed + image.number));
        if (complaints.length > 0) broken.push(`${image.where}: ${complaints.join('; ')}`);
      }
      countPoints('model', tried.length, broken.length);
      expect({ seed, broken: broken.slice(0, 5) }).toEqual({ seed, broken: [] });
      expect(images.length).toBeGreaterThan(200);
    },
  );
});
