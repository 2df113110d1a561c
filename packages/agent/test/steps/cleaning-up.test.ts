/** What is left after a transaction: the release that runs, the kept backups, and nothing else of ours. */
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleaningUp } from '../../src/steps/cleaning-up.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
  await bench.publish(aRelease('1.2.0'));
});
afterEach(() => bench.close());

describe('cleaningUp', () => {
  it('removes staging, the download and trees that nothing needs; twice is as good as once', async () => {
    const context = bench.context(await bench.begin('1.2.0'));
    await bench.put('/var/lib/pikit/releases/0.9.0-00000000/x', 'old');
    await bench.put('/var/tmp/pikit-update/1.2.0/bundle.tar.gz.part', 'half');
    await cleaningUp(context, quiet());
    await cleaningUp(context, quiet());
    expect(await readdir(bench.host('/var/lib/pikit'))).toEqual(['current', 'releases']);
    expect(await bench.disk.list('/var/lib/pikit/releases')).toEqual([context.record().from?.name]);
    expect(await bench.disk.list('/var/tmp/pikit-update')).toEqual([]);
  });

  it('makes durable that what a disk refused is gone, before nobody knows its name any more', async () => {
    const context = bench.context(await bench.begin('1.2.0'));
    const tree = '/var/lib/pikit/releases/0.9.0-00000000';
    await bench.put(`${tree}/x`, 'old');
    const settle = bench.disk.settle.bind(bench.disk);
    const settled: string[] = [];
    bench.disk.settle = async (directory) => {
      if ((await bench.disk.lstat(tree)) !== undefined) settled.push(directory);
      return settle(directory);
    };
    await cleaningUp(context, quiet());
    expect(settled).toEqual([]);
    await bench.put(`${tree}/x`, 'old');
    const error = { code: 'write-failed', message: 'EIO', details: {} } as const;
    await cleaningUp(bench.context({ ...context.record(), error }), quiet());
    expect(settled).toContain('/etc/cron.d');
    settled.length = 0;
    await bench.put(`${tree}/x`, 'old');
    const refused = { ...error, details: { unsynced: '/etc/cron.d' } };
    await cleaningUp(bench.context({ ...context.record(), error: refused }), quiet());
    expect(settled).toContain('/usr/local/bin');
    expect(settled).not.toContain('/etc/cron.d');
  });

  it('keeps as many releases as the config says', async () => {
    const wide = await createWorkbench({ limits: { ...bench.policy.limits, keep: 2 } });
    for (const version of ['1.1.0', '1.2.0', '1.3.0', '1.4.0']) {
      await wide.publish(aRelease(version));
      await wide.apply(version);
    }
    const trees = await wide.disk.list('/var/lib/pikit/releases');
    expect(trees.map((name) => name.slice(0, 5))).toEqual(['1.2.0', '1.3.0', '1.4.0']);
    await wide.close();
  });

  it('counts no repair of the release that runs among those', async () => {
    const wide = await createWorkbench({ limits: { ...bench.policy.limits, keep: 2 } });
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) {
      await wide.publish(aRelease(version));
      await wide.apply(version);
    }
    await wide.put('/var/lib/pikit/current/pikit-api.py', 'changed');
    expect(await wide.repair()).toMatchObject({ outcome: 'committed' });
    await wide.updater.downgrade(await wide.wanted('1.1.0'), 'admin');
    await wide.updater.settled();
    expect(await wide.apply('1.3.0')).toMatchObject({ outcome: 'committed' });
    const trees = await wide.disk.list('/var/lib/pikit/releases');
    expect(trees.map((name) => name.slice(0, 5))).toEqual(['1.1.0', '1.2.0', '1.3.0']);
    await wide.close();
  });

  it('never removes the tree to go back to, even when nothing runs', async () => {
    const context = bench.context(await bench.begin('1.2.0'));
    await bench.disk.remove('/var/lib/pikit/current');
    await cleaningUp(context, quiet());
    expect(await bench.disk.list('/var/lib/pikit/releases')).toHaveLength(1);
  });
});
