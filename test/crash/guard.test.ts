/**
 * The agent is gone at any moment of an update that is guarded, and the guard takes it back: the next agent, also after a boot, must
 * find the way to the old release, whole, and nothing of the guard may be left.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CURRENT,
  GUARD_FILES,
  JOURNAL_FILE,
  RELEASES,
} from '../../packages/agent/src/core/layout.ts';
import { mendTargets } from '../../packages/agent/src/updater/mend-targets.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';
import { imagesOf } from './images.ts';
import {
  buildReleases,
  layMemoryDevice,
  liveOn,
  type Life,
  type Published,
} from './memory-bench.ts';
import { OLD, PATHS, sideOf } from './sides.ts';
import { countPoints, crashSeed, createRandom } from './tally.ts';
import { judge, look } from './verdict.ts';

const [FIRST, SECOND] = ['1.0.1', '1.1.0'];
const { armed, firing, fired } = GUARD_FILES;

let published: Published;
beforeAll(async () => {
  published = await buildReleases([FIRST, SECOND]);
});

/** What deploy/guard does; false where it would do nothing. */
async function fire({ disk }: MemoryDisk): Promise<boolean> {
  const { [armed]: note = '', [JOURNAL_FILE]: journal = '' } = await look(disk, [
    armed,
    JOURNAL_FILE,
  ]);
  const [, transaction] = /^transaction=(.*)$/m.exec(note) ?? [];
  if (transaction === undefined || !journal.includes(transaction)) return false;
  const [, tree = ''] = /^tree=(.*)$/m.exec(note) ?? [];
  await disk.rename(armed, firing);
  await disk.pointSymlink(CURRENT, `${RELEASES}/${tree}`);
  await disk.rename(firing, fired);
  return true;
}

describe('the guard', () => {
  it.each([
    ['a first install', async () => undefined, OLD],
    ['an update', ({ apply }: Life) => apply(FIRST), sideOf(FIRST)],
  ])('takes %s back from anywhere', { timeout: 30 * 60_000 }, async (_what, before, side) => {
    const seed = crashSeed();
    const random = createRandom(seed);
    const memory = await layMemoryDevice(published);
    const life = liveOn(memory, published);
    await before(life);
    const images = await imagesOf(memory, () => life.apply(SECOND), random);
    let count = 0;
    for (const image of images) {
      if (!(await fire(image.memory))) continue;
      count += 1;
      const isCut = random() < 0.5;
      const disk = isCut ? image.memory.crash(random) : image.memory;
      const { agent } = liveOn(disk, published);
      const { where } = image;
      if (isCut) {
        await mendTargets(agent);
        const shown = await look(disk.disk, PATHS);
        expect({ seed, where, shown }).toEqual({ seed, where, shown: side.shown });
      }
      await agent.updater.recover();
      const [end] = await agent.store.loadHistory(1);
      const { complaints } = await judge(disk.disk, [side]);
      expect({ seed, where, complaints, end }).toMatchObject({
        complaints: [],
        end: { outcome: 'rolled-back', error: { code: 'guard-fired' } },
      });
    }
    countPoints('model', count, 0);
    expect(count).toBeGreaterThan(50);
  });
});
