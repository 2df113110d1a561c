/** What a device does before its services start: targets made whole, nobody asked, the rest left to the agent. */
import { PHASES, UpdateError, type Phase } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import type { JournalRecord } from '../../src/core/journal-record.ts';
import { CURRENT, GUARD_FILES, JOURNAL_FILE, treePath } from '../../src/core/layout.ts';
import { leadsBack, switchesTo } from '../../src/core/transaction.ts';
import { beginRollback } from '../../src/updater/begin.ts';
import { mendTargets } from '../../src/updater/mend-targets.ts';

import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

const WEB = '/var/www/pikit-web/index.html';
const CRON = '/etc/cron.d/pikit';

let bench: Workbench;
let record: JournalRecord;
/** A roll-back was cut off: the links lead to 1.2.0 still, the copy is of 1.1.0 already. */
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.publish(aRelease('1.2.0'));
  await bench.apply('1.1.0');
  await bench.apply('1.2.0');
  const tools = { ...bench.tools, store: bench.store };
  record = { ...(await beginRollback(tools, 'admin')), stoppedUnits: [] };
  await bench.put(CRON, '# 1.1.0\n');
  bench.services.calls.length = 0;
});
afterEach(() => bench.close());

const cutOffIn = async (phase: Phase, patch: Partial<JournalRecord> = {}) =>
  bench.store.saveJournal({ ...record, phase, ...patch });

const mend = async () => mendTargets(bench.restart());

const shown = async () => [await bench.see(WEB), await bench.see(CRON)];
const MIXED = ['<h1>1.2.0</h1>', '# 1.1.0\n'];

describe('mendTargets', () => {
  it.each([
    ['activating', '1.1.0'],
    ['rolling-back', '1.2.0'],
  ] as const)('finishes the switch that was cut off in %s: %s', async (phase, version) => {
    await cutOffIn(phase);
    const journal = await bench.see(JOURNAL_FILE);
    expect(await mend()).toEqual({ transaction: record.id, shows: version });
    expect(await shown()).toEqual([`<h1>${version}</h1>`, `# ${version}\n`]);
    expect(bench.services.calls).toEqual([]);
    expect(await bench.see(JOURNAL_FILE)).toBe(journal);
    expect(await bench.lock.holder()).toBeUndefined();
  });

  it('finishes it with the targets with which it began', async () => {
    await cutOffIn('activating');
    const targets = bench.policy.targets.filter(({ from }) => from !== 'cron');
    await bench.put(CRON, '# 1.2.0\n');
    await mendTargets(bench.restart({ ...bench.policy, targets }));
    expect(await shown()).toEqual(['<h1>1.1.0</h1>', '# 1.1.0\n']);
  });

  it('touches nothing after a cut in any other phase', async () => {
    for (const phase of PHASES.filter((other) => switchesTo(other) === null)) {
      await cutOffIn(phase);
      expect({ phase, mended: await mend() }).toEqual({ phase, mended: undefined });
    }
    expect(await shown()).toEqual(MIXED);
  });

  it('finishes the way back of the guard, which has brought the link alone', async () => {
    await bench.put(GUARD_FILES.fired, `transaction=${record.id}\n`);
    for (const phase of PHASES.filter(leadsBack)) {
      await bench.put(CRON, '# 1.1.0\n');
      await cutOffIn(phase);
      expect(await mend()).toMatchObject({ shows: '1.2.0' });
      expect(await shown()).toEqual(['<h1>1.2.0</h1>', '# 1.2.0\n']);
    }
  });

  it('touches nothing where nothing is unfinished', async () => {
    expect(await mend()).toBeUndefined();
  });

  it('touches nothing before the switch was prepared', async () => {
    const { stoppedUnits: _unknown, ...unprepared } = record;
    await bench.store.saveJournal({ ...unprepared, phase: 'activating' });
    expect(await mend()).toBeUndefined();
    expect(await shown()).toEqual(MIXED);
  });

  it('touches nothing while what stood there before the first update is not kept yet', async () => {
    await bench.disk.remove(CURRENT);
    await cutOffIn('activating', { from: null });
    expect(await mend()).toBeUndefined();
    expect(await bench.see(CRON)).toBe('# 1.1.0\n');
  });

  it('goes back when it cannot go on, and the agent then ends it as rolled back', async () => {
    await bench.disk.remove(treePath(record.to.name));
    await cutOffIn('activating');
    expect(await mend()).toMatchObject({ shows: '1.2.0' });
    expect(await shown()).toEqual(['<h1>1.2.0</h1>', '# 1.2.0\n']);
    const next = bench.restart();
    await next.updater.recover();
    expect(await next.updater.settled()).toMatchObject({ id: record.id, outcome: 'rolled-back' });
  });

  it('says so when there is no way back either', async () => {
    await cutOffIn('rolling-back');
    const next = bench.restart();
    next.disk.write = async () => Promise.reject(new UpdateError('write-failed', 'read-only'));
    await expectCode(mendTargets(next), 'write-failed');
    expect(await next.lock.holder()).toBeUndefined();
  });
});
