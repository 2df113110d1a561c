/** What is given back before an update and on a full disk: only what no roll-back needs. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRoom } from '../../src/steps/make-room.ts';
import { aVersion } from '../support/a-manifest.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/lib/pikit/staging/1.1.0/pikit-web/index.html', 'half');
  await bench.put('/var/lib/pikit/releases/1.0.0-00000000/pikit-web/index.html', 'whole');
  for (const version of ['1.1.0', '1.2.0'])
    await bench.put(`/var/tmp/pikit-update/${version}/bundle.tar.gz.part`, 'half');
});
afterEach(() => bench.close());

describe('makeRoom', () => {
  it('takes staging and the downloads of other versions away', async () => {
    await makeRoom(bench.disk, aVersion('1.2.0'));
    expect(await bench.disk.list('/var/lib/pikit')).toEqual(['releases']);
    expect(await bench.disk.list('/var/lib/pikit/releases')).toEqual(['1.0.0-00000000']);
    expect(await bench.disk.list('/var/tmp/pikit-update')).toEqual(['1.2.0']);
  });

  it('leaves what was staged of a release that is gone on with', async () => {
    await bench.put('/var/lib/pikit/staging/kept.json', '{}');
    await makeRoom(bench.disk, aVersion('1.1.0'), { isContinued: true });
    expect(await bench.disk.list('/var/lib/pikit/staging')).toEqual(['1.1.0', 'kept.json']);
    expect(await bench.disk.list('/var/tmp/pikit-update')).toEqual(['1.1.0']);
  });

  it('takes every download away when none is to be continued', async () => {
    await makeRoom(bench.disk);
    expect(await bench.disk.list('/var/tmp/pikit-update')).toEqual([]);
  });
});
