/** The end of a transaction that has no journal any more: its own result is published, and never that of another. */
import type { TransactionResult } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishLostEnd } from '../../src/updater/lost-end.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
});
afterEach(() => bench.close());

/** The snapshot as it stood before the end of this transaction was published. */
async function showAsRunning({ id, kind, by, from, to, startedAt }: TransactionResult) {
  const saved = await bench.store.loadState();
  if (saved === undefined) throw new Error('nothing was kept');
  const transaction = {
    id,
    kind,
    by,
    from,
    to,
    startedAt,
    phase: 'restarting' as const,
    cancellable: false,
  };
  const status = { ...saved.status, transaction, last_result: null };
  await bench.store.saveState({ ...saved, status });
}

async function applied(): Promise<TransactionResult> {
  const result = await bench.apply('1.1.0');
  if (result === undefined) throw new Error('it did not end');
  return result;
}

describe('publishLostEnd', () => {
  it('publishes an end that a crash kept from being published', async () => {
    const result = await applied();
    await showAsRunning(result);
    await bench.restart().exclusive.recover();
    expect((await bench.store.loadState())?.status).toMatchObject({
      transaction: null,
      last_result: { id: result.id, outcome: 'committed' },
    });
    expect(await bench.store.loadHistory(9)).toHaveLength(1);
  });

  it('calls a transaction broken whose journal is lost, and not by the name of another end', async () => {
    const other = await applied();
    const id = '20270101T000000Z-0a0b0c' as typeof other.id;
    await showAsRunning({ ...other, id });
    const { store, board } = bench.restart();
    await publishLostEnd(store, board);
    const broken = {
      id,
      outcome: 'broken',
      error: { code: 'interrupted', details: { phase: 'restarting' } },
    };
    expect((await store.loadState())?.status).toMatchObject({
      transaction: null,
      last_result: broken,
    });
    expect(await store.loadHistory(9)).toMatchObject([broken, { id: other.id }]);
  });

  it('does nothing where the snapshot shows no transaction', async () => {
    await applied();
    const before = await bench.store.loadState();
    await publishLostEnd(bench.store, bench.board);
    expect(await bench.store.loadState()).toEqual(before);
  });
});
