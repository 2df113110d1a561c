/** What of the snapshot lies on the disk: versions from links and files, offers only while they are newer. */
import { VersionSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { latestBackup, readDevice, remember } from '../../src/updater/device-state.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const read = async (channel: 'stable' | 'beta' = 'stable') =>
  readDevice(bench.disk, bench.store, await remember(bench.store), channel);

describe('readDevice', () => {
  it('of an empty device knows nothing and promises nothing', async () => {
    expect(await read()).toMatchObject({
      current: null,
      latest: null,
      offered: null,
      previous: null,
      last_check: null,
    });
  });

  it('offers what was found only while it is newer than what runs', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.updater.check();
    expect((await read()).offered?.version).toBe('1.1.0');
    await bench.apply('1.1.0');
    expect(await read()).toMatchObject({ current: '1.1.0', latest: '1.1.0', offered: null });
  });

  it('tells with the offer the notes of what lies between, and of nothing else', async () => {
    for (const version of ['1.1.0', '1.3.0']) await bench.publish(aRelease(version));
    await bench.apply('1.1.0');
    await bench.updater.check();
    const memory = await remember(bench.store);
    if (memory.candidate === null) throw new Error('nothing was found');
    const between = { version: v.parse(VersionSchema, '1.2.0'), notes: 'b' };
    const had = { version: v.parse(VersionSchema, '1.1.0'), notes: 'a' };
    const candidate = { ...memory.candidate, earlier: [between, had] };
    const changed = { ...memory, candidate };
    const { offered } = await readDevice(bench.disk, bench.store, changed, 'stable');
    expect(offered?.earlier).toEqual([between]);
  });
});

describe('readDevice, of another channel', () => {
  it('offers nothing that was found on the beta channel while stable is wanted', async () => {
    await bench.close();
    bench = await createWorkbench({ channel: 'beta' });
    await bench.publish(aRelease('1.1.0-rc.1'));
    await bench.updater.check();
    expect(await read('beta')).toMatchObject({
      latest: '1.1.0-rc.1',
      offered: { version: '1.1.0-rc.1' },
    });
    expect(await read('stable')).toMatchObject({ latest: null, offered: null });
  });
});

describe('readDevice, of configuration files', () => {
  it('names those whose new version the owner has not dealt with', async () => {
    await bench.close();
    const config = {
      from: 'etc',
      to: '/etc/app',
      kind: 'merge',
      copy: true,
      config: true,
    } as const;
    bench = await createWorkbench({ targets: [config] });
    for (const [version, settings] of [
      ['1.1.0', 'a'],
      ['1.2.0', 'b'],
    ] as const)
      await bench.publish({ version, files: { 'etc/settings': settings } });
    await bench.apply('1.1.0');
    await bench.put('/etc/app/settings', 'mine');
    expect((await read()).edited).toEqual([]);
    await bench.apply('1.2.0');
    expect((await read()).edited).toEqual(['/etc/app/settings']);
    expect((await remember(bench.store)).lastResult?.outcome).toBe('committed');
    expect((await bench.store.loadState())?.status.edited).toEqual(['/etc/app/settings']);
    await bench.disk.remove('/etc/app/settings.pikit-new');
    expect((await read()).edited).toEqual([]);
  });
});

describe('latestBackup', () => {
  it('is the newest link of ours whose tree is still there', async () => {
    for (const version of ['1.0.0', '1.1.0'])
      await bench.disk.makeDirectory(`/var/lib/pikit/releases/${version}-00000000`);
    await bench.disk.makeDirectory('/var/backups/pikit');
    await bench.put('/var/backups/pikit/zz-notes.txt', 'mine');
    expect(await latestBackup(bench.disk)).toBeUndefined();
    await bench.disk.pointSymlink(
      '/var/backups/pikit/20260101T000000Z',
      '/var/lib/pikit/releases/1.0.0-00000000',
    );
    await bench.disk.pointSymlink(
      '/var/backups/pikit/20260102T000000Z',
      '/var/lib/pikit/releases/1.1.0-00000000',
    );
    await bench.disk.pointSymlink(
      '/var/backups/pikit/20260103T000000Z',
      '/var/lib/pikit/releases/1.2.0-00000000',
    );
    expect((await latestBackup(bench.disk))?.version).toBe('1.1.0');
  });
});
