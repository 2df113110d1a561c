/** Who is restarted when: only services whose targets changed, units that exist, and what the release may ask for. */
import { UpdateError } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OWN_DIRECTORY, treePath } from '../../src/core/layout.ts';
import { currentTree } from '../../src/steps/trees.ts';
import { API, aRelease, createWorkbench, WEB, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  bench.services.units.set(API, 'active');
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
  bench.services.calls.length = 0;
});
afterEach(() => bench.close());

const fail = (): never => {
  throw new Error('the test needs it');
};

const withPage = (version: string, manifest = {}) =>
  aRelease(version, {
    files: { ...aRelease('1.1.0').files, 'pikit-web/index.html': version },
    manifest,
  });

describe('restartServices', () => {
  it('restarts only the service whose target changed', async () => {
    await bench.publish(withPage('1.2.0'));
    await bench.apply('1.2.0');
    expect(bench.services.calls).toEqual([`restart ${WEB}`]);
  });

  it('adds what the release asks for, once a unit', async () => {
    const post_install = ['systemctl restart pikit-api', `reload ${WEB}`];
    await bench.publish(withPage('1.2.0', { post_install }));
    await bench.apply('1.2.0');
    expect(bench.services.calls).toEqual([`restart ${WEB}`, `restart ${API}`]);
  });

  it('tells systemd of a changed unit file first', async () => {
    const files = { ...aRelease('1.1.0').files, 'cron/pikit.service': '[Service]' };
    await bench.publish(aRelease('1.2.0', { files }));
    await bench.apply('1.2.0');
    expect(bench.services.calls[0]).toBe('daemon-reload ');
  });

  it.each(['pikit.service.d/memory.conf', 'pikit.slice', 'data.automount'])(
    'tells it of %s too, which it reads as a part of its units',
    async (name) => {
      const files = { ...aRelease('1.1.0').files, [`cron/${name}`]: '[Unit]' };
      await bench.publish(aRelease('1.2.0', { files }));
      await bench.apply('1.2.0');
      expect(bench.services.calls[0]).toBe('daemon-reload ');
    },
  );

  it('leaves a release of which nobody knows any more what it was, and restarts everything', async () => {
    const old = await currentTree(bench.disk);
    await bench.disk.remove(`${treePath(old?.name ?? fail())}/${OWN_DIRECTORY}`);
    await bench.publish(withPage('1.2.0'));
    expect(await bench.apply('1.2.0')).toMatchObject({ outcome: 'committed' });
    expect(bench.services.calls).toEqual([`restart ${WEB}`, `restart ${API}`]);
  });

  it('goes back from one of which nobody knows what it is', async () => {
    await bench.publish(withPage('1.2.0'));
    bench.prober.probe = async () => {
      const { to } = (await bench.store.loadJournal()) ?? fail();
      const own = `${treePath(to.name)}/${OWN_DIRECTORY}`;
      if ((await bench.disk.lstat(own)) === undefined) return;
      await bench.disk.remove(own);
      throw new UpdateError('internal', 'the card is bad');
    };
    expect(await bench.apply('1.2.0')).toMatchObject({ outcome: 'rolled-back' });
    expect(bench.services.calls.slice(1)).toEqual([`restart ${WEB}`, `restart ${API}`]);
  });

  it('a restart that fails leads back, and the way back restarts the same services', async () => {
    await bench.publish(withPage('1.2.0'));
    bench.prober.refuses.add('1.2.0');
    expect(await bench.apply('1.2.0')).toMatchObject({ outcome: 'rolled-back' });
    expect(bench.services.calls).toEqual([`restart ${WEB}`, `restart ${WEB}`]);
  });

  it('leaves a unit that somebody stopped, and does not call it broken', async () => {
    bench.services.units.set(WEB, 'inactive');
    await bench.publish(withPage('1.2.0'));
    expect(await bench.apply('1.2.0')).toMatchObject({ outcome: 'committed' });
    expect(bench.services.calls).toEqual([]);
    expect(bench.log.lines.join('\n')).toContain(`skipped: ${WEB} was not running before`);
  });

  it('tries every service before it fails, so that none stays on the other release', async () => {
    bench.services.broken.add(WEB);
    await bench.publish(aRelease('1.2.0'));
    await bench.apply('1.2.0');
    expect(bench.services.calls).toEqual([
      `restart ${WEB}`,
      `restart ${API}`,
      `restart ${WEB}`,
      `restart ${API}`,
    ]);
  });

  it('skips what the config no longer allows, so that a roll-back stays possible', async () => {
    await bench.publish(withPage('1.2.0', { post_install: ['restart pikit-api'] }));
    await bench.apply('1.2.0');
    const services = bench.policy.services.filter(({ unit }) => unit !== API);
    const narrow = bench.restart({ ...bench.policy, services });
    await narrow.updater.rollback('admin');
    expect(await narrow.updater.settled()).toMatchObject({ outcome: 'committed' });
  });
});
