/**
 * One transaction at a time: takes the lock, lets the beginning refuse, and carries the rest in the background.
 *
 * Invariants: what runs here holds the lock; an unfinished journal is ended before a new one is begun; the end is
 * published only when the next may begin.
 */
import type { TransactionId, TransactionResult, UpdateError } from '@pikit/protocol';
import type { JournalRecord } from '../core/journal-record.ts';
import type { Lock, Log } from '../ports.ts';
import type { Runner } from './runner.ts';
import type { StatusBoard } from './status-board.ts';
import type { Store } from './store.ts';

interface Beginning {
  readonly record: JournalRecord;
  readonly interrupted: boolean;
}

export interface Exclusive {
  /** `busy` when another holds the lock; else whatever `begin` refuses with. */
  readonly start: (
    what: string,
    begin: (signal: AbortSignal) => Promise<Beginning>,
  ) => Promise<TransactionId>;
  /** Ends what a crash or a power cut left unfinished. Does nothing when there is none. */
  readonly recover: () => Promise<void>;
  readonly isRunning: () => boolean;
  /** Aborts the transaction's signal; false when it is not the one that runs. */
  readonly abort: (transaction: TransactionId, reason: UpdateError) => boolean;
  /** Resolves when nothing runs in this process, with the result of the last one. */
  readonly settled: () => Promise<TransactionResult | undefined>;
}

interface Needs {
  readonly lock: Lock;
  readonly store: Store;
  readonly board: StatusBoard;
  readonly runner: Runner;
  readonly log: Log;
}

interface Running {
  readonly id: TransactionId;
  readonly abort: AbortController;
  /** Never rejects. */
  readonly done: Promise<void>;
}

export function createExclusive({ lock, store, board, runner, log }: Needs): Exclusive {
  let running: Running | undefined;
  let lastResult: TransactionResult | undefined;

  const carry = async (
    { record, interrupted }: Beginning,
    signal: AbortSignal,
    release: () => Promise<void>,
  ): Promise<void> => {
    lastResult = undefined;
    try {
      lastResult = await runner.run(record, signal, interrupted);
    } catch (error) {
      // The bookkeeping itself failed, such as on a full disk. The journal stays, and with it the way to an end.
      log.error(`${record.id} could not go on: ${String(error)}`);
    }
    running = undefined;
    try {
      await release();
      await board.end(lastResult);
    } catch (error) {
      log.error(`${record.id}: its end could not be published: ${String(error)}`);
    }
  };

  const start: Exclusive['start'] = async (what, begin) => {
    const held = await lock.acquire(what);
    const abort = new AbortController();
    try {
      const beginning = await begin(abort.signal);
      await store.saveJournal(beginning.record);
      const { id } = beginning.record;
      running = { id, abort, done: carry(beginning, abort.signal, () => held.release()) };
      return id;
    } catch (error) {
      await held.release();
      throw error;
    }
  };

  const recover = async (): Promise<void> => {
    if (running !== undefined) return;
    const unfinished = await store.loadJournal();
    if (unfinished === undefined) return publishLostEnd(store, board);
    await start(`recovering ${unfinished.id}`, async () => ({
      // Read again under the lock: another process may have carried it further.
      record: (await store.loadJournal()) ?? unfinished,
      interrupted: true,
    }));
    await settled();
  };

  const settled: Exclusive['settled'] = async () => {
    await running?.done;
    return lastResult;
  };

  return {
    start,
    recover,
    isRunning: () => running !== undefined,
    abort: (transaction, reason) => {
      if (running?.id !== transaction) return false;
      running.abort.abort(reason);
      return true;
    },
    settled,
  };
}

/** Cut off after the journal was cleared and before the end was published. */
async function publishLostEnd(store: Store, board: StatusBoard): Promise<void> {
  const saved = await store.loadState();
  if (saved === undefined || saved.status.transaction === null) return;
  const [latest] = await store.loadHistory(1);
  await board.end(latest);
}
