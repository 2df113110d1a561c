/**
 * The agent dies before every single change of the disk during a repair; the next life must end it with every target
 * whole or as damaged as it was, with nothing left over, and with the way back leading to the release before.
 */
import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  aRelease,
  createWorkbench,
  type Workbench,
} from '../../packages/agent/test/support/workbench.ts';
import { dieBefore } from './dying-disk.ts';
import { OLD_FILES, OLD_VERSION, PATHS, sideOf } from './sides.ts';
import { judge, type Side } from './verdict.ts';

/** More than a repair makes; the loop ends at the first in which nobody dies. */
const MANY = 400;

/** The manifest that lies there before there is a transaction; the next one removes it. */
const UNBEGUN = 'left over: /var/lib/pikit/staging/1.1.0';

const WHOLE = sideOf('1.1.0');
/** The page was changed in place, and the link to the api's program is gone. */
const [PAGE, API] = PATHS;
const DAMAGED: Side = {
  ...WHOLE,
  name: 'the damaged files',
  shown: { ...WHOLE.shown, [PAGE]: 'rotten', [API]: undefined },
};

async function damagedDevice(): Promise<Workbench> {
  const bench = await createWorkbench();
  for (const [path, content, mode] of OLD_FILES) await bench.put(path, content, mode);
  await bench.put('/etc/pikit/version', `${OLD_VERSION}\n`);
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
  await bench.put(`/var/lib/pikit/current/${PAGE.slice('/var/www/'.length)}`, 'rotten');
  await rm(bench.host(API));
  return bench;
}

describe('a death before every change of the disk', () => {
  it(
    'in a repair leaves what ran or the whole release, and the way back as it was',
    { timeout: 120_000 },
    async () => {
      const ends = new Map<string, number>();
      for (let mortal = 1; mortal < MANY; mortal += 1) {
        const bench = await damagedDevice();
        const death = dieBefore(bench.disk, mortal);
        const where = await Promise.race([death, bench.repair().then(() => undefined)]);
        if (where === undefined) {
          await bench.close();
          break;
        }
        const next = bench.restart();
        await next.updater.recover();
        const { last_result, previous } = await next.board.snapshot();
        const hasBegun = last_result?.kind === 'repair';
        const { side, complaints } = await judge(next.disk, [WHOLE, DAMAGED]);
        const left = hasBegun ? complaints : complaints.filter((line) => line !== UNBEGUN);
        expect({ where, left, previous }).toEqual({
          where,
          left: [],
          previous: OLD_VERSION,
        });
        ends.set(side?.name ?? '', (ends.get(side?.name ?? '') ?? 0) + 1);
        await bench.close();
      }
      // Cut off before the journal says `staging`, it is given up; from there on it is carried to its end.
      expect([...ends.keys()].toSorted()).toEqual(['1.1.0', 'the damaged files']);
      expect(ends.get('1.1.0')).toBeGreaterThan(30);
    },
  );
});
