/** What lies there for the next transaction: told apart from what is damaged, gone, or no use any more. */
import { UpdateError } from '@pikit/protocol';
import { rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { keep, keptAs, readKept, readReady } from '../../src/steps/kept-release.ts';
import { aSha256 } from '../support/a-manifest.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

const STAGED = '/var/lib/pikit/staging';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/www/pikit-web/index.html', 'old page');
  await bench.put('/etc/pikit/version', '1.0.0');
  await bench.publish(aRelease('1.1.0'));
  expect(await bench.stage('1.1.0')).toMatchObject({ outcome: 'staged', error: null });
});
afterEach(() => bench.close());

describe('what lies ready', () => {
  it('is told, and nothing else of it is left about', async () => {
    const { version, manifestSha256 } = await bench.wanted('1.1.0');
    expect(await readReady(bench.disk)).toMatchObject({ version, manifestSha256, ready: true });
    expect(await keptAs(bench.disk, { version, manifestSha256 })).toBeDefined();
    expect(await keptAs(bench.disk, { version, manifestSha256: aSha256('f') })).toBeUndefined();
    expect(await bench.disk.list(STAGED)).toEqual(['1.1.0', 'kept.json']);
    expect(await bench.disk.list('/var/tmp/pikit-update')).toEqual([]);
    expect(await bench.leftovers.find()).toEqual([]);
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('old page');
    expect(bench.services.calls).toEqual([]);
  });

  it('is installed without its source, and goes with that', async () => {
    await rm(bench.host('/media'), { recursive: true });
    const ready = await readReady(bench.disk);
    if (ready === undefined) throw new Error('nothing lies ready');
    const { version, manifestSha256 } = ready;
    await bench.updater.apply({ version, manifestSha256 }, 'admin');
    expect(await bench.updater.settled()).toMatchObject({ outcome: 'committed', bytesFetched: 0 });
    expect(await readKept(bench.disk)).toBeUndefined();
    expect(await bench.disk.list('/var/lib/pikit')).toEqual(['current', 'releases']);
  });

  it('is mended from the source where a file of it has rotted', async () => {
    await writeFile(bench.host(`${STAGED}/1.1.0/pikit-api.py`), 'rotten');
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
    expect(await bench.see('/usr/local/bin/pikit-api.py')).toBe('print("1.1.0")');
  });

  it('is not told any more where a file of it has rotted and cannot be fetched', async () => {
    await writeFile(bench.host(`${STAGED}/1.1.0/pikit-api.py`), 'rotten');
    const wanted = await bench.wanted('1.1.0');
    await rm(bench.host('/media'), { recursive: true });
    await bench.updater.apply(wanted, 'admin');
    expect(await bench.updater.settled()).toMatchObject({ outcome: 'failed' });
    expect(await readKept(bench.disk)).toMatchObject({ version: '1.1.0', ready: false });
    expect(await readReady(bench.disk)).toBeUndefined();
  });

  it.each([
    ['its record is torn', `${STAGED}/kept.json`],
    ['its tree was never verified', `${STAGED}/1.1.0/.pikit/tree.json`],
  ])('is not told where %s, and comes from the source again', async (_what, path) => {
    await (path.endsWith('kept.json')
      ? writeFile(bench.host(path), '{"torn')
      : rm(bench.host(path)));
    expect(await readReady(bench.disk)).toBeUndefined();
    expect((await bench.board.snapshot()).ready).toBeNull();
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
  });

  it('is no use any more beside a newer one that runs', async () => {
    await bench.put('/etc/pikit/version', '1.1.0');
    expect(await readKept(bench.disk)).toBeUndefined();
    expect(await bench.leftovers.find()).toEqual([`${STAGED}/kept.json`, STAGED]);
  });

  it('makes way on a full disk', async () => {
    const { disk } = bench;
    const write = disk.write.bind(disk);
    disk.write = async (path, content, mode) => {
      if (path.endsWith('tree.json')) throw new UpdateError('no-space', 'full');
      return write(path, content, mode);
    };
    expect(await bench.apply('1.1.0')).toMatchObject({ error: { code: 'no-space' } });
    expect(await disk.list(STAGED)).toEqual([]);
  });

  it('is held back from whom nobody watches, once it has failed', async () => {
    bench.prober.refuses.add('1.1.0');
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'rolled-back' });
    expect(await readKept(bench.disk)).toBeUndefined();
    const night = { ...(await bench.wanted('1.1.0')), unattended: true, stageOnly: true } as const;
    await expectCode(bench.updater.apply(night, 'admin'), 'held-back');
  });
});

it('keep makes it durable in one piece', async () => {
  const kept = await readKept(bench.disk);
  if (kept === undefined) throw new Error('nothing is kept');
  await keep(bench.disk, { ...kept, ready: false });
  expect(await readReady(bench.disk)).toBeUndefined();
  expect(await readKept(bench.disk)).toEqual({ ...kept, ready: false });
});
