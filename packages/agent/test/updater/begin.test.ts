/** The first record of a transaction, and what is refused before there is one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { beginRollback } from '../../src/updater/begin.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

describe('the id of a transaction', () => {
  it('sorts after all that are known, though the clock jumps back', async () => {
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) await bench.publish(aRelease(version));
    await bench.apply('1.1.0');
    await bench.apply('1.2.0');
    const { clock } = bench;
    const now = clock.now.bind(clock);
    clock.now = () => `2001${now().slice(4)}`;
    const result = await bench.apply('1.3.0');
    expect(result?.startedAt).toMatch(/^2001/);
    expect(await bench.board.snapshot()).toMatchObject({ current: '1.3.0', previous: '1.2.0' });
    expect(await bench.logs.latest()).toBe(result?.id);
  });

  it.each([
    ['a log', 'var/lib/pikit-update/logs/20300101T000000Z-0a0b0c.jsonl'],
    ['a backup', 'var/backups/pikit/20300101T000000Z'],
  ])('sorts after %s of a later date', async (_what, path) => {
    await bench.put(path, '');
    await bench.publish(aRelease('1.1.0'));
    expect((await bench.begin('1.1.0')).id).toMatch(/^20300101T000001Z-/);
  });

  it('sorts after the history where no log was kept', async () => {
    for (const version of ['1.1.0', '1.2.0']) await bench.publish(aRelease(version));
    const first = await bench.apply('1.1.0');
    if (first === undefined) throw new Error('it did not end');
    const id = '20300101T000000Z-0a0b0c' as typeof first.id;
    await bench.store.addToHistory({ ...first, id }, 20);
    expect((await bench.apply('1.2.0'))?.id).toMatch(/^20300101T000001Z-/);
  });
});

describe('beginApply', () => {
  it('keeps the reviewed manifest, and nothing else', async () => {
    await bench.publish(aRelease('1.1.0'));
    const record = await bench.begin('1.1.0');
    expect(record).toMatchObject({ kind: 'apply', phase: 'preflight', from: null, adopted: false });
    expect(record.to.name).toMatch(/^1\.1\.0-[0-9a-f]{8}$/);
    expect(await bench.disk.list('/var/lib/pikit/staging/1.1.0')).toEqual(['.pikit']);
  });

  it('goes back only where it begins: what was seen counts on where it was refused', async () => {
    const signer = createMinisignKey();
    await bench.put('/etc/pikit/keys/maintainer.pub', signer.publicFile);
    for (const version of ['1.1.0', '1.2.0']) await bench.publish(aRelease(version, { signer }));
    await bench.updater.check();
    const back = await bench.wanted('1.1.0');
    const { manifestSha256 } = await bench.wanted('1.2.0');
    const seen = async () => (await bench.store.loadTrust()).seen.stable?.version;
    await expectCode(
      bench.updater.downgrade({ ...back, manifestSha256 }, 'admin'),
      'manifest-changed',
    );
    expect(await seen()).toBe('1.2.0');
    await bench.updater.downgrade(back, 'admin');
    expect(await bench.updater.settled()).toMatchObject({ outcome: 'committed' });
    expect(await seen()).toBe('1.1.0');
  });

  it('refuses a version that the source no longer has', async () => {
    await bench.publish(aRelease('1.1.0'));
    const wanted = await bench.wanted('1.1.0');
    await bench.disk.remove('/media/releases/1.1.0');
    await expectCode(bench.updater.apply(wanted, 'admin'), 'no-such-release');
  });
});

describe('beginRollback', () => {
  it('refuses when the backup leads to a tree that is gone', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    await bench.disk.makeDirectory('/var/backups/pikit');
    await bench.disk.pointSymlink(
      '/var/backups/pikit/20270101T000000Z',
      '/var/lib/pikit/releases/1.0.0-00000000',
    );
    // What stood there before the first update was nothing, and has no backup.
    await expectCode(
      beginRollback({ ...bench.tools, store: bench.store }, 'admin'),
      'nothing-to-roll-back',
    );
  });

  it('refuses when the newest backup is of the release that runs', async () => {
    await bench.publish(aRelease('1.1.0'));
    await bench.apply('1.1.0');
    const running = await bench.disk.readLink('/var/lib/pikit/current');
    await bench.disk.makeDirectory('/var/backups/pikit');
    await bench.disk.pointSymlink('/var/backups/pikit/20270101T000000Z', running ?? '');
    await expectCode(
      beginRollback({ ...bench.tools, store: bench.store }, 'admin'),
      'nothing-to-roll-back',
    );
  });
});
