/**
 * The updater is being removed, and the power goes around every call that changes the disk: each target shows the whole
 * release or, for the moment in which no call can put a directory in the place of a link, is free with its whole copy
 * beside it; and the next removal ends in plain files, with nothing of ours beside them.
 */
import { expect, it } from 'vitest';
import { asidePath, directoryOf, plainPath } from '../../packages/agent/src/core/layout.ts';
import { mendTargets } from '../../packages/agent/src/updater/mend-targets.ts';
import { plainTargets } from '../../packages/agent/src/updater/plain-targets.ts';
import type { Disk } from '../../packages/agent/src/ports.ts';
import { imagesOf, type Image } from './images.ts';
import { buildReleases, layMemoryDevice, liveOn } from './memory-bench.ts';
import { PATHS, sideOf } from './sides.ts';
import { countPoints, crashSeed, createRandom } from './tally.ts';
import { look } from './verdict.ts';

const VERSION = '1.1.0';
const PAGE = '/var/www/pikit-web';
/** What a power cut leaves is drawn; once for each call, half of the runs would miss a sync that is missing. */
const DRAWS = 8;

const linksOf = async (disk: Disk): Promise<readonly string[]> => {
  const links = [PAGE, ...PATHS].map(async (path) => ((await disk.readLink(path)) ? [path] : []));
  return (await Promise.all(links)).flat();
};

const plain = async ({ agent }: ReturnType<typeof liveOn>) =>
  plainTargets({ ...agent, mend: async () => mendTargets(agent) });

it('leaves whole targets wherever the power was cut', { timeout: 30 * 60_000 }, async () => {
  const seed = crashSeed();
  const published = await buildReleases([VERSION]);
  const device = await layMemoryDevice(published);
  await liveOn(device, published).apply(VERSION);
  // As if that had been cut off last in tidying up.
  await device.disk.write(`${asidePath(PAGE)}/index.html`, 'old', 0o644);
  const random = createRandom(seed);
  const images: Image[] = [];
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const memory = device.fork();
    const life = liveOn(memory, published);
    images.push(...(await imagesOf(memory, () => plain(life), random)));
  }
  const { shown: whole } = sideOf(VERSION);
  let free = 0;
  for (const { where, memory } of images) {
    const next = liveOn(memory, published);
    const left = await look(next.disk, PATHS);
    const isFree = (await next.disk.lstat(PAGE)) === undefined;
    const page = `${isFree ? plainPath(PAGE) : PAGE}/index.html`;
    const found = { ...left, [PATHS[0]]: (await look(next.disk, [page]))[page] };
    expect({ seed, where, found }).toEqual({ seed, where, found: whole });
    if (isFree) free += 1;
    await plain(next);
    const end = {
      shown: await look(next.disk, PATHS),
      links: await linksOf(next.disk),
      beside: await next.disk.list(directoryOf(PAGE)),
    };
    const beside = ['pikit-web'];
    expect({ seed, where, ...end }).toEqual({ seed, where, shown: whole, links: [], beside });
  }
  countPoints('model', images.length, 0);
  expect({ many: images.length > 30, free: free > 0 }).toEqual({ many: true, free: true });
});
