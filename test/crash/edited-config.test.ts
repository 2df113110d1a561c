/**
 * The agent dies before every single change of the disk while one configuration file is edited, one deleted and one
 * untouched: the owner's stay the owner's, the untouched one is of the release that runs, and so is what lies beside.
 */
import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createWorkbench, type Workbench } from '../../packages/agent/test/support/workbench.ts';
import { dieBefore } from './dying-disk.ts';

const PAGE = '/srv/web/index.html';
const [EDITED, DELETED, UNTOUCHED] = ['/etc/app/edited', '/etc/app/deleted', '/etc/app/untouched'];
/** More than this transaction makes; the loop ends at the first that nobody dies in. */
const MANY = 400;

async function device(): Promise<Workbench> {
  const bench = await createWorkbench({
    targets: [
      { from: 'web', to: '/srv/web', kind: 'directory', copy: false },
      { from: 'etc', to: '/etc/app', kind: 'merge', copy: true, config: true },
    ],
    services: [],
  });
  for (const version of ['1.1.0', '1.2.0']) {
    const names = ['web/index.html', 'etc/edited', 'etc/deleted', 'etc/untouched'];
    const files = Object.fromEntries(names.map((name) => [name, version]));
    await bench.publish({ version, files });
  }
  await bench.apply('1.1.0');
  await bench.put(EDITED, 'mine');
  await rm(bench.host(DELETED));
  return bench;
}

async function look(bench: Workbench, edited: readonly string[]) {
  const see = async (path: string) => bench.see(path);
  return {
    page: await see(PAGE),
    untouched: await see(UNTOUCHED),
    edited: [await see(EDITED), await see(`${EDITED}.pikit-new`)],
    deleted: [await see(DELETED), await see(`${DELETED}.pikit-new`)],
    untouchedBeside: await see(`${UNTOUCHED}.pikit-new`),
    told: [...edited],
    journal: await bench.see('/var/lib/pikit-update/journal.json'),
  };
}

function expected(version: string) {
  const beside = version === '1.2.0' ? version : undefined;
  return {
    page: version,
    untouched: version,
    edited: ['mine', beside],
    deleted: [undefined, beside],
    untouchedBeside: undefined,
    told: beside === undefined ? [] : [DELETED, EDITED],
    journal: undefined,
  };
}

describe('a death before every change of the disk, with an edited configuration file', () => {
  it.each([
    ['in an update', false],
    ['in an update that undoes itself', true],
  ])(
    '%s leaves the edit, and the rest of one release',
    { timeout: 300_000 },
    async (_what, refuses) => {
      let deaths = 0;
      for (let mortal = 1; mortal < MANY; mortal += 1) {
        const bench = await device();
        if (refuses) bench.prober.refuses.add('1.2.0');
        const death = dieBefore(bench.disk, mortal);
        const where = await Promise.race([death, bench.apply('1.2.0').then(() => undefined)]);
        const next = bench.restart();
        await next.updater.recover();
        const { edited } = await next.board.snapshot();
        const now = await look(bench, edited);
        const version = refuses || now.page === '1.1.0' ? '1.1.0' : '1.2.0';
        expect({ where, ...now }).toEqual({ where, ...expected(version) });
        await bench.close();
        if (where === undefined) break;
        deaths += 1;
      }
      expect(deaths).toBeGreaterThan(30);
    },
  );
});
