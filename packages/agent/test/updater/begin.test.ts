/** The first record of a transaction, and what is refused before there is one. */
import { TransactionIdSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { beginRollback, newTransactionId } from '../../src/updater/begin.ts';
import { createManualClock } from '../support/fakes.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

describe('newTransactionId', () => {
  it('is the time, and sorts by it', () => {
    const id = newTransactionId(createManualClock(Date.UTC(2026, 10, 23, 18, 45)));
    expect(id).toMatch(/^20261123T184500Z-[0-9a-f]{6}$/);
    expect(v.is(TransactionIdSchema, id)).toBe(true);
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
    await expectCode(beginRollback(bench.tools, 'admin'), 'nothing-to-roll-back');
  });
});
