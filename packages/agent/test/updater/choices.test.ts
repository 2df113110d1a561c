/** What the owner decided once counts for everybody who looks, and for the next life of the agent. */
import { UpdateError, type Version } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { SETTINGS_FILE } from '../../src/core/layout.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const version = (text: string): Version => text as Version;

const unattended = async (which: string) =>
  bench.updater.apply({ ...(await bench.wanted(which)), unattended: true }, 'admin');

describe('setAuto', () => {
  it('switches the timer and keeps the choice', async () => {
    await bench.updater.setAuto({ autoCheck: false });
    expect(bench.services.calls).toEqual(['disable pikit-update.timer']);
    expect((await bench.board.snapshot()).settings).toMatchObject({ autoCheck: false });
  });

  it('changes neither where one of them cannot be changed', async () => {
    const before = await bench.updater.setAuto({ checkAt: '03:00', keep: 2 });
    const timer = '/etc/systemd/system/pikit-update.timer.d/50-pikit.conf';
    const drop = await bench.see(timer);
    const asBefore = async () => {
      expect(await bench.restart().store.loadSettings()).toEqual(before);
      expect(await bench.see(timer)).toBe(drop);
    };
    const change = { checkAt: '05:00', autoCheck: false };

    const save = bench.disk.write.bind(bench.disk);
    let refusals = 0;
    for (const hasArrived of [false, true]) {
      bench.disk.write = async (path, content, mode) => {
        const isRefused = path === SETTINGS_FILE && (refusals += 1) % 2 === 1;
        if (!isRefused || hasArrived) await save(path, content, mode);
        if (isRefused) throw new UpdateError('no-space', 'full');
      };
      await expectCode(bench.updater.setAuto(change), 'no-space');
      bench.disk.write = save;
      await asBefore();
    }
    expect(bench.services.calls.join()).not.toContain('disable');

    bench.services.broken.add('pikit-update.timer');
    await expectCode(bench.updater.setAuto(change), 'service-failed');
    await asBefore();
  });

  it('leaves alone what the change does not name', async () => {
    await bench.updater.setAuto({ autoCheck: false, keep: 3 });
    const after = { autoCheck: false, checkAt: '03:00', channel: null, keep: 3 };
    expect(await bench.updater.setAuto({ checkAt: '03:00' })).toEqual(after);
    expect(await bench.restart().store.loadSettings()).toEqual(after);
  });
});

describe('skip', () => {
  beforeEach(async () => {
    await bench.put('/var/www/pikit-web/index.html', 'the old page');
    await bench.put('/etc/pikit/version', '1.0.0\n');
    await bench.publish(aRelease('1.1.0'));
    await bench.updater.check();
  });

  it('outlives the agent, and the version stays on offer', async () => {
    expect(await bench.updater.skip(version('1.1.0'))).toMatchObject({ skipped: '1.1.0' });
    expect(await bench.restart().board.snapshot()).toMatchObject({
      skipped: '1.1.0',
      offered: { version: '1.1.0' },
    });
  });

  it('holds the version back from whoever updates by itself, until it is taken back', async () => {
    await bench.updater.skip(version('1.1.0'));
    const refusal = await expectCode(unattended('1.1.0'), 'held-back');
    expect(refusal.details).toEqual({ version: '1.1.0', reason: 'skipped' });
    expect(await bench.lock.holder()).toBeUndefined();
    expect(await bench.updater.skip(null)).toMatchObject({ skipped: null });
    await unattended('1.1.0');
    expect(await bench.updater.settled()).toMatchObject({ outcome: 'committed' });
  });

  it('does not reach what is newer', async () => {
    await bench.updater.skip(version('1.1.0'));
    await bench.publish(aRelease('1.2.0'));
    await bench.updater.check();
    expect(await bench.board.snapshot()).toMatchObject({
      skipped: '1.1.0',
      offered: { version: '1.2.0' },
    });
    await unattended('1.2.0');
    expect(await bench.updater.settled()).toMatchObject({ outcome: 'committed' });
    expect(await bench.board.snapshot()).toMatchObject({ skipped: null });
  });

  it('ends when a person installs it, for good', async () => {
    await bench.updater.skip(version('1.1.0'));
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
    await bench.rollback();
    expect(await bench.board.snapshot()).toMatchObject({
      skipped: null,
      offered: { version: '1.1.0' },
    });
  });

  it.each(['1.0.0', '1.2.0'])('refuses %s, which is not on offer', async (which) => {
    await expectCode(bench.updater.skip(version(which)), 'no-such-release');
    expect(await bench.board.snapshot()).toMatchObject({ skipped: null });
  });
});
