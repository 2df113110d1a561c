/** One at a time, and no dead end: whatever goes wrong with the bookkeeping, the next one can begin. */
import { UpdateError, type Status } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createExclusive } from '../../src/updater/exclusive.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
});
afterEach(() => bench.close());

const refuse = async () => Promise.reject(new UpdateError('no-space', 'full'));

describe('start', () => {
  it('gives the lock back when the beginning refuses', async () => {
    await expectCode(bench.exclusive.start('first', refuse), 'no-space');
    await expectCode(bench.exclusive.start('second', refuse), 'no-space');
  });

  it('lets the next one begin as soon as the end is published', async () => {
    const ended = new Promise<Status>((resolve) => {
      bench.board.subscribe((status) => {
        if (status.transaction === null && status.last_result !== null) resolve(status);
      });
    });
    await bench.updater.apply(await bench.wanted('1.1.0'), 'admin');
    await ended;
    await expectCode(bench.updater.rollback('admin'), 'nothing-to-roll-back');
  });

  it('keeps the journal, and the agent, when the bookkeeping fails', async () => {
    const { lock, board, store, log } = bench;
    const exclusive = createExclusive({ lock, board, store, log, runner: { run: refuse } });
    const record = await bench.begin('1.1.0');
    await exclusive.start('a try', async () => ({ record, interrupted: false }));
    expect(await exclusive.settled()).toBeUndefined();
    expect(exclusive.isRunning()).toBe(false);
    expect(log.lines.join('\n')).toContain('could not go on');
    expect(await store.loadJournal()).toEqual(record);
  });
});

describe('recover', () => {
  it('does nothing where nothing is unfinished', async () => {
    await bench.exclusive.recover();
    expect(await bench.store.loadState()).toBeUndefined();
  });

  it('publishes an end that a crash kept from being published', async () => {
    await bench.apply('1.1.0');
    const saved = await bench.store.loadState();
    const [result] = await bench.store.loadHistory(1);
    if (saved === undefined || result === undefined) throw new Error('nothing was kept');
    const { id, kind, by, from, to, startedAt } = result;
    const transaction = {
      id,
      kind,
      by,
      from,
      to,
      startedAt,
      phase: 'cleaning-up' as const,
      cancellable: false,
    };
    await bench.store.saveState({
      ...saved,
      status: { ...saved.status, transaction, last_result: null },
    });
    const next = bench.restart();
    await next.exclusive.recover();
    expect((await next.store.loadState())?.status).toMatchObject({
      transaction: null,
      last_result: { id: result.id, outcome: 'committed' },
    });
  });
});
