/**
 * The agent dies before every single change of the disk, during a first install and during an update that undoes itself;
 * the next life must end it, with every target whole, and the way back must lead to what was there.
 */
import { describe, expect, it } from 'vitest';
import { dieBefore } from './dying-disk.ts';
import {
  aRelease,
  createWorkbench,
  type Workbench,
} from '../../packages/agent/test/support/workbench.ts';

const PATHS = [
  '/var/www/pikit-web/index.html',
  '/usr/local/bin/pikit-api.py',
  '/usr/local/bin/pikit-helper',
  '/etc/cron.d/pikit',
] as const;
const shown = (version: string) => [
  `<h1>${version}</h1>`,
  `print("${version}")`,
  '#!/bin/sh\n',
  `# ${version}\n`,
];
const OLD = ['old page', 'old api', 'old helper', '# old\n'];
/** More than any of these transactions makes; the loop ends at the first that nobody dies in. */
const MANY = 400;

async function oldDevice(): Promise<Workbench> {
  const bench = await createWorkbench();
  await bench.put(PATHS[0], OLD[0] ?? '');
  await bench.put(PATHS[1], OLD[1] ?? '', 0o755);
  await bench.put(PATHS[2], OLD[2] ?? '', 0o755);
  await bench.put(PATHS[3], OLD[3] ?? '');
  await bench.publish(aRelease('1.1.0'));
  return bench;
}

const see = async (bench: Workbench) => Promise.all(PATHS.map((path) => bench.see(path)));

/** Where it died, what the next life shows, and what a roll-back then shows; undefined when nobody died. */
async function dieAndRecover(bench: Workbench, version: string, mortal: number) {
  const death = dieBefore(bench.disk, mortal);
  const where = await Promise.race([death, bench.apply(version).then(() => undefined)]);
  if (where === undefined) return undefined;
  const next = bench.restart();
  await next.updater.recover();
  return { where, next, now: await see(bench), journal: await next.store.loadJournal() };
}

describe('a death before every change of the disk', () => {
  it(
    'in a first install leaves one whole release and the way back to the old one',
    { timeout: 120_000 },
    async () => {
      let deaths = 0;
      for (let mortal = 1; mortal < MANY; mortal += 1) {
        const bench = await oldDevice();
        const result = await dieAndRecover(bench, '1.1.0', mortal);
        if (result === undefined) {
          await bench.close();
          break;
        }
        deaths += 1;
        const { where, next, now, journal } = result;
        const isNew = now[0] !== OLD[0];
        expect({ where, now, journal }).toEqual({
          where,
          now: isNew ? shown('1.1.0') : OLD,
          journal: undefined,
        });
        if (isNew) {
          await next.updater.rollback('admin');
          await next.updater.settled();
          expect({ where, back: await see(bench) }).toEqual({ where, back: OLD });
        }
        await bench.close();
      }
      expect(deaths).toBeGreaterThan(40);
    },
  );

  it(
    'in an update that undoes itself leaves the release that ran',
    { timeout: 120_000 },
    async () => {
      let deaths = 0;
      for (let mortal = 1; mortal < MANY; mortal += 1) {
        const bench = await oldDevice();
        await bench.apply('1.1.0');
        await bench.publish(aRelease('1.2.0'));
        bench.prober.refuses.add('1.2.0');
        const result = await dieAndRecover(bench, '1.2.0', mortal);
        if (result === undefined) {
          await bench.close();
          break;
        }
        deaths += 1;
        const { where, now, journal } = result;
        expect({ where, now, journal }).toEqual({ where, now: shown('1.1.0'), journal: undefined });
        await bench.close();
      }
      expect(deaths).toBeGreaterThan(30);
    },
  );
});
