/**
 * The use cases that the sockets and the foreground offer: one transaction at a time, under the lock, in the background
 * of whoever asked for it.
 */
import {
  UpdateError,
  type ErrorView,
  type Requester,
  type Settings,
  type Sha256,
  type Status,
  type TransactionId,
  type TransactionResult,
  type Version,
} from '@pikit/protocol';
import type { JournalRecord } from '../core/journal-record.ts';
import { isCancellable } from '../core/transaction.ts';
import type { Lock, Log } from '../ports.ts';
import type { StepContext } from '../steps/context.ts';
import { beginApply, beginRollback } from './begin.ts';
import { findRelease } from './check.ts';
import type { Runner } from './runner.ts';
import type { StatusBoard } from './status-board.ts';
import type { Store } from './store.ts';

export interface Updater {
  readonly check: () => Promise<Status>;
  readonly apply: (
    wanted: { readonly version: Version; readonly manifestSha256: Sha256 },
    by: Requester,
  ) => Promise<TransactionId>;
  readonly rollback: (by: Requester) => Promise<TransactionId>;
  /** Asks the running transaction to stop; `no-such-transaction`, `not-cancellable`. */
  readonly cancel: (transaction: TransactionId) => Promise<void>;
  readonly setAuto: (settings: Settings) => Promise<Settings>;
  /** Ends a transaction that a crash or a power cut left unfinished. Does nothing when there is none. */
  readonly recover: () => Promise<void>;
  /** Resolves when no transaction runs in this process, with the result of the last one. */
  readonly settled: () => Promise<TransactionResult | undefined>;
}

interface Needs {
  readonly tools: Omit<StepContext, 'record' | 'amend' | 'report' | 'log'>;
  readonly store: Store;
  readonly board: StatusBoard;
  readonly runner: Runner;
  readonly lock: Lock;
  readonly log: Log;
}

interface Running {
  readonly id: TransactionId;
  readonly abort: AbortController;
  /** Never rejects. */
  readonly done: Promise<void>;
}

export function createUpdater({ tools, store, board, runner, lock, log }: Needs): Updater {
  let running: Running | undefined;
  let lastResult: TransactionResult | undefined;
  let checking: Promise<Status> | undefined;

  /** Takes the lock, lets `begin` refuse, and leaves the rest running. */
  const start = async (
    what: string,
    begin: (signal: AbortSignal) => Promise<{ record: JournalRecord; interrupted: boolean }>,
  ): Promise<TransactionId> => {
    const held = await lock.acquire(what);
    const abort = new AbortController();
    try {
      const { record, interrupted } = await begin(abort.signal);
      await store.saveJournal(record);
      running = { id: record.id, abort, done: carry(record, abort.signal, interrupted, held) };
      return record.id;
    } catch (error) {
      await held.release();
      throw error;
    }
  };

  const carry = async (
    record: JournalRecord,
    signal: AbortSignal,
    interrupted: boolean,
    held: { release(): Promise<void> },
  ): Promise<void> => {
    try {
      lastResult = await runner.run(record, signal, interrupted);
    } catch (error) {
      // The bookkeeping itself failed, such as on a full disk. The journal stays, and with it the way to an end.
      log.error(`${record.id} could not go on: ${String(error)}`);
      lastResult = undefined;
      await board.forget();
    } finally {
      running = undefined;
      await held.release();
    }
  };

  /** A crash that nobody recovered yet comes first: a new transaction must not overwrite its journal. */
  const finishOld = async (): Promise<void> => {
    const unfinished = running === undefined ? await store.loadJournal() : undefined;
    if (unfinished === undefined) return;
    await start(`recovering ${unfinished.id}`, async () => ({
      record: (await store.loadJournal()) ?? unfinished,
      interrupted: true,
    }));
    await running?.done;
  };

  const look = async (): Promise<Status> => {
    await board.beginCheck();
    const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
    try {
      const found = await findRelease(tools, signal);
      await board.endCheck(found?.summary ?? null, null);
    } catch (error) {
      const failure = toFailure(error, signal);
      log.warning(`check failed: ${failure.code}: ${failure.message}`);
      await board.endCheck(null, failure.toView());
      throw failure;
    } finally {
      checking = undefined;
    }
    return board.snapshot();
  };

  return {
    check: async () => {
      if (running !== undefined) throw await busy(lock);
      checking ??= look();
      return checking;
    },
    apply: async (wanted, by) => {
      await finishOld();
      return start(`installing ${wanted.version}`, async (signal) => ({
        record: await beginApply(tools, wanted, by, signal),
        interrupted: false,
      }));
    },
    rollback: async (by) => {
      await finishOld();
      return start('rolling back', async () => ({
        record: await beginRollback(tools, by),
        interrupted: false,
      }));
    },
    cancel: async (transaction) => {
      if (running?.id !== transaction) {
        throw new UpdateError('no-such-transaction', 'it is not running', {
          details: { transaction },
        });
      }
      const record = await store.loadJournal();
      if (record !== undefined && !isCancellable(record.phase)) {
        throw new UpdateError('not-cancellable', `in ${record.phase} it must go on to an end`, {
          details: { phase: record.phase },
        });
      }
      running.abort.abort(new UpdateError('cancelled', 'on request'));
    },
    setAuto: async (settings) => {
      const { timer } = tools.policy;
      if (await tools.services.exists(timer))
        await tools.services.setEnabled(timer, settings.autoCheck);
      else
        log.warning(
          `${timer} is not on this device: the setting is kept, but nothing checks by itself`,
        );
      await store.saveSettings(settings);
      await board.publish();
      return settings;
    },
    recover: finishOld,
    settled: async () => {
      await running?.done;
      return lastResult;
    },
  };
}

/** A check is a list and a manifest: when that takes longer, the network is not usable. */
const CHECK_TIMEOUT_MS = 120_000;

function toFailure(error: unknown, signal: AbortSignal): UpdateError {
  if (error instanceof UpdateError) return error;
  if (signal.aborted)
    return new UpdateError('offline', 'the release server took too long', { cause: error });
  return new UpdateError('internal', `the check threw: ${String(error)}`, { cause: error });
}

async function busy(lock: Lock): Promise<UpdateError> {
  const holder = await lock.holder();
  const details: ErrorView['details'] =
    holder === undefined ? {} : { what: holder.what, pid: holder.pid, since: holder.since };
  return new UpdateError('busy', `busy: ${holder?.what ?? 'another transaction'}`, { details });
}
