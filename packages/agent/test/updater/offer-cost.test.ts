/** What an update would cost, told before anybody presses a button, and true when somebody does. */
import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API, aRelease, createWorkbench, WEB, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/www/pikit-web/index.html', 'the old page');
});
afterEach(() => bench.close());

const KEPT = '/var/lib/pikit-update/offered-manifest.json';

const offered = async () => (await bench.updater.check()).offered;

describe('the cost of an offer', () => {
  it('is the bundle where nothing is here yet', async () => {
    await bench.publish(aRelease('1.1.0'));
    const size = (await stat(bench.host('/media/releases/1.1.0/pikit-1.1.0.tar.gz'))).size;
    expect(await offered()).toMatchObject({ downloadBytes: size, restarts: [WEB] });
  });

  it('names no unit that the device lacks, nor one that somebody has stopped', async () => {
    bench.services.units.set(API, 'active');
    bench.services.units.set(WEB, 'inactive');
    await bench.publish(aRelease('1.1.0'));
    expect(await offered()).toMatchObject({ restarts: [API] });
  });

  it('is nothing once it lies ready, and the same again when that is taken away', async () => {
    await bench.publish(aRelease('1.1.0'));
    const before = (await offered())?.downloadBytes;
    const staged = await bench.stage('1.1.0');
    expect((await bench.board.snapshot()).offered).toMatchObject({
      downloadBytes: 0,
      restarts: [WEB],
    });
    if (staged === undefined) throw new Error('nothing was fetched');
    await bench.updater.cancel(staged.id);
    expect((await bench.board.snapshot()).offered).toMatchObject({ downloadBytes: before });
  });

  it('follows what runs: after a roll-back all of the release is still here', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.updater.check();
    await bench.apply('1.1.0');
    await bench.rollback();
    expect((await bench.board.snapshot()).offered).toMatchObject({
      version: '1.1.0',
      downloadBytes: 0,
      restarts: [WEB],
    });
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed', bytesFetched: 0 });
  });

  it('is read from the disk by the next life, which fetches nothing for it', async () => {
    await bench.publish(aRelease('1.1.0'));
    const before = await offered();
    const next = bench.restart();
    expect((await next.board.snapshot()).offered).toEqual(before);
    await next.board.publish();
    expect((await next.board.snapshot()).offered).toEqual(before);
  });

  it('is not known where the manifest is not here, or is of another release', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.updater.check();
    await bench.put(KEPT, '{"torn');
    await bench.board.publish();
    expect((await bench.board.snapshot()).offered).toMatchObject({
      downloadBytes: null,
      restarts: [],
    });
    expect(await offered()).toMatchObject({ restarts: [WEB] });
  });

  it('keeps no manifest of what is no update', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    await bench.updater.check();
    expect(await bench.see(KEPT)).toBeUndefined();
  });
});
