/**
 * The agent dies before every single change of the disk during a first install that undoes itself, and the device boots:
 * what runs before its services must leave each target showing one whole release, ask nothing of systemd, and leave the end
 * to the agent.
 */
import { expect, it } from 'vitest';
import { JOURNAL_FILE } from '../../packages/agent/src/core/layout.ts';
import { mendTargets } from '../../packages/agent/src/updater/mend-targets.ts';
import {
  aRelease,
  createWorkbench,
  type Workbench,
} from '../../packages/agent/test/support/workbench.ts';
import { dieBefore } from './dying-disk.ts';
import { OLD, OLD_FILES, PATHS, sideOf } from './sides.ts';
import { countPoints } from './tally.ts';

/** More than this transaction makes; the loop ends at the first that nobody dies in. */
const MANY = 400;

async function oldDevice(): Promise<Workbench> {
  const bench = await createWorkbench();
  for (const [path, content, mode] of OLD_FILES) await bench.put(path, content, mode);
  await bench.publish(aRelease('1.1.0'));
  bench.prober.refuses.add('1.1.0');
  return bench;
}

const see = async (bench: Workbench) =>
  Object.fromEntries(await Promise.all(PATHS.map(async (path) => [path, await bench.see(path)])));

/** One life that is cut off, and the boot after it; undefined when nobody died. */
async function dieAndBoot(bench: Workbench, mortal: number) {
  const death = dieBefore(bench.disk, mortal);
  const where = await Promise.race([death, bench.apply('1.1.0').then(() => undefined)]);
  if (where === undefined) return undefined;
  const { calls } = bench.services;
  calls.length = 0;
  const left = await bench.see(JOURNAL_FILE);
  const mended = await mendTargets(bench.restart());
  expect({ where, calls, journal: await bench.see(JOURNAL_FILE) }).toEqual({
    where,
    calls: [],
    journal: left,
  });
  return { where, mended, shown: await see(bench) };
}

it('leaves whole targets wherever the power was cut', { timeout: 240_000 }, async () => {
  const counts = { deaths: 0, to: 0, back: 0 };
  for (let mortal = 1; mortal < MANY; mortal += 1) {
    const bench = await oldDevice();
    const result = await dieAndBoot(bench, mortal);
    if (result !== undefined) {
      const { where, mended, shown } = result;
      const isNew = JSON.stringify(shown) === JSON.stringify(sideOf('1.1.0').shown);
      expect({ where, shown }).toEqual({ where, shown: isNew ? shown : OLD.shown });
      if (mended !== undefined) {
        expect({ where, isNew }).toEqual({ where, isNew: mended.shows === '1.1.0' });
        counts[isNew ? 'to' : 'back'] += 1;
      }
      counts.deaths += 1;
    }
    await bench.close();
    if (result === undefined) break;
  }
  countPoints('kill', counts.deaths, 0);
  // A run in which nobody died in a switch would have proved nothing.
  expect(counts.deaths).toBeGreaterThan(40);
  expect(Math.min(counts.to, counts.back)).toBeGreaterThan(2);
});
