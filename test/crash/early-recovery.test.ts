/**
 * The agent is cut off around every call that changes the disk during a first install that undoes itself, and the device
 * boots: what runs before its services must leave each target showing one whole release, ask nothing of systemd, and leave
 * the end to the agent.
 */
import { expect, it } from 'vitest';
import { JOURNAL_FILE } from '../../packages/agent/src/core/layout.ts';
import { mendTargets } from '../../packages/agent/src/updater/mend-targets.ts';
import { imagesOf, type Image } from './images.ts';
import { buildReleases, layMemoryDevice, liveOn, type Published } from './memory-bench.ts';
import { OLD, PATHS, sideOf } from './sides.ts';
import { countPoints, crashSeed, createRandom } from './tally.ts';
import { look } from './verdict.ts';

const BAD = '1.1.0';

/** What the boot did, and what each target shows when the services are about to start. */
async function boot({ memory, where }: Image, published: Published) {
  const { agent, disk, services } = liveOn(memory, published, { refused: [BAD] });
  const left = await look(disk, [JOURNAL_FILE]);
  const mended = await mendTargets(agent);
  const after = { where, calls: services.calls, journal: await look(disk, [JOURNAL_FILE]) };
  expect(after).toEqual({ where, calls: [], journal: left });
  return { mended, shown: await look(disk, PATHS) };
}

it('leaves whole targets wherever the power was cut', { timeout: 30 * 60_000 }, async () => {
  const seed = crashSeed();
  const published = await buildReleases([BAD]);
  const device = await layMemoryDevice(published);
  const life = liveOn(device, published, { refused: [BAD] });
  const images = await imagesOf(device, () => life.apply(BAD), createRandom(seed));
  const counts = { to: 0, back: 0 };
  for (const image of images) {
    const { where } = image;
    const { mended, shown } = await boot(image, published);
    const isNew = JSON.stringify(shown) === JSON.stringify(sideOf(BAD).shown);
    expect({ seed, where, shown }).toEqual({ seed, where, shown: isNew ? shown : OLD.shown });
    if (mended === undefined) continue;
    expect({ seed, where, isNew }).toEqual({ seed, where, isNew: mended.shows === BAD });
    counts[isNew ? 'to' : 'back'] += 1;
  }
  countPoints('model', images.length, 0);
  // A run in which nobody died in a switch would have proved nothing.
  expect(Math.min(counts.to, counts.back)).toBeGreaterThan(10);
});
