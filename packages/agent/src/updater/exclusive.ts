/**
 * One transaction at a time: takes the lock, lets the beginning refuse, and carries the rest in the background.
 *
 * Invariants: what runs here holds the lock; an unfinished journal is ended before a new one is begun; the end is
 * published only when the next may begin.
 */
import {
  UpdateError,
  type ErrorView,
  type TransactionId,
  type TransactionResult,
} from '@pikit/protocol';
import type { JournalRecord } from '../core/journal-record.ts';
import { JOURNAL_FILE } from '../core/layout.ts';
import type { Clock, Lock, Log } from '../ports.ts';
import type { Leftovers } from '../steps/leftovers.ts';
import { createCancelDoor, type CancelDoor } from './cancel-door.ts';
import { createTurns, type InTurn } from './in-turn.ts';
import { publishLostEnd } from './lost-end.ts';
import type { Runner } from './runner.ts';
import type { StatusBoard } from './status-board.ts';
import type { Store } from './store.ts';

/** Gives the first record, under the lock. */
type Begin = (signal: AbortSignal) => Promise<JournalRecord>;

export interface Exclusive {
  /** Recovers first. `busy` when another holds the lock; else the codes of `recover`, or whatever `begin` refuses with. */
  readonly start: (what: string, begin: Begin) => Promise<TransactionId>;
  /**
   * Ends what a crash or a power cut left unfinished, else removes what no transaction needs. `state-damaged` when it
   * could not be ended: its journal must not be overwritten.
   */
  readonly recover: () => Promise<void>;
  readonly isRunning: () => boolean;
  /** Aborts the transaction's signal; false when it is not the one that runs. `not-cancellable` when it must go on. */
  readonly abort: (transaction: TransactionId, reason: UpdateError) => boolean;
  /** Under the lock: does this, then removes what no transaction needs. `busy` while one runs. */
  readonly tidyAfter: (work: () => Promise<void>) => Promise<void>;
  /** Resolves when nothing runs in this process, with the result of the last one. */
  readonly settled: () => Promise<TransactionResult | undefined>;
}

interface Needs {
  readonly lock: Lock;
  readonly store: Store;
  readonly board: StatusBoard;
  readonly runner: Runner;
  readonly leftovers: Leftovers;
  /** Makes durable what an earlier process left of that transaction. */
  readonly settle: (unfinished: JournalRecord) => Promise<void>;
  readonly log: Log;
  /** Waits before each new try when the bookkeeping itself fails; without any the first failure is the end. */
  readonly retryDelaysMs?: readonly number[];
  /** For those waits. */
  readonly clock?: Pick<Clock, 'sleep'>;
}

type Held = Awaited<ReturnType<Lock['acquire']>>;

/** `interrupted`: another process began it, and was cut off. */
interface Beginning {
  readonly record: JournalRecord;
  readonly interrupted: boolean;
}

interface Running {
  readonly id: TransactionId;
  readonly door: CancelDoor;
  /** Never rejects. */
  readonly done: Promise<void>;
}

export function createExclusive(needs: Needs): Exclusive {
  const { lock, store, board, log } = needs;
  // Tidying up must not make a transaction of this process find the lock taken.
  const inTurn = createTurns();
  // Once, for what an earlier process left, and never again when it failed: a second sync would succeed and lie.
  let settling: Promise<void> | undefined;
  let running: Running | undefined;
  let lastResult: TransactionResult | undefined;

  const carry = async (beginning: Beginning, door: CancelDoor, held: Held): Promise<void> => {
    const { id } = beginning.record;
    lastResult = await runToEnd(needs, beginning, door);
    running = undefined;
    await orError(log, `${id}: the lock could not be given back`, held.release());
    await orError(log, `${id}: its end could not be published`, board.end(lastResult));
  };

  const open = async (what: string, begin: Begin, interrupted = false): Promise<TransactionId> => {
    const held = await inTurn(() => lock.acquire(what));
    const door = createCancelDoor();
    try {
      const beginning = { record: await begin(door.signal), interrupted };
      settling ??= Promise.resolve();
      await saveFirst(store, log, beginning);
      // Whoever asks how it goes, having been told that it has begun, is not to hear that nothing runs.
      await orError(log, 'its beginning could not be published', board.show(beginning.record));
      running = { id: beginning.record.id, door, done: carry(beginning, door, held) };
      return running.id;
    } catch (error) {
      await orError(log, 'what was refused has left something behind', tidy(needs));
      await held.release();
      throw error;
    }
  };

  const recover = async (): Promise<void> => {
    if (running !== undefined) return;
    const unfinished = await store.loadJournal();
    if (unfinished === undefined) return publishAndTidy(needs, inTurn);
    const goOn = async (): Promise<JournalRecord> => {
      const record = await readAgain(store, unfinished.id);
      await (settling ??= needs.settle(record));
      return record;
    };
    await open(`recovering ${unfinished.id}`, goOn, true);
    if ((await settled()) === undefined) throw unended(unfinished.id);
  };

  const settled: Exclusive['settled'] = async () => {
    await running?.done;
    return lastResult;
  };

  return {
    start: async (what, begin) => {
      await recover();
      return open(what, begin);
    },
    recover,
    isRunning: () => running !== undefined,
    abort: (transaction, reason) => {
      if (running?.id !== transaction) return false;
      running.door.knock(reason);
      return true;
    },
    tidyAfter: (work) => tidyUp(needs, inTurn, work),
    settled,
  };
}

/** Under the lock. Not while there is a journal: its transaction may need what lies about. */
async function tidy({ store, leftovers }: Needs): Promise<void> {
  if ((await store.loadJournal()) === undefined) await leftovers.remove();
}

/** Where no journal is. Takes the lock only if something is left; what fails of that is tried again at the next start. */
async function publishAndTidy(needs: Needs, inTurn: InTurn): Promise<void> {
  await publishLostEnd(needs.store, needs.board);
  const work = async (): Promise<void> => {
    if ((await needs.leftovers.find()).length > 0) await tidyUp(needs, inTurn);
  };
  await orError(needs.log, 'what is left about stays for now', work());
}

async function tidyUp(
  needs: Needs,
  inTurn: InTurn,
  first: () => Promise<void> = async () => undefined,
): Promise<void> {
  await inTurn(async () => {
    const held = await needs.lock.acquire('tidying up');
    try {
      await first();
      await tidy(needs);
    } finally {
      await held.release();
    }
  });
}

/** What was refused must not be carried out at the next start, and a write that failed may have arrived all the same. */
async function saveFirst(store: Store, log: Log, beginning: Beginning): Promise<void> {
  try {
    await store.saveJournal(beginning.record);
  } catch (error) {
    if (!beginning.interrupted) await orError(log, 'the journal stays', store.clearJournal());
    throw error;
  }
}

/** Under the lock: another process may have carried it further, or to its end. */
async function readAgain(store: Store, id: TransactionId): Promise<JournalRecord> {
  const record = await store.loadJournal();
  if (record === undefined) throw endedElsewhere(id);
  return record;
}

function unended(id: TransactionId): UpdateError {
  return new UpdateError('state-damaged', `${id} could not be brought to an end`, {
    details: { file: JOURNAL_FILE },
  });
}

/** A moment later there is nothing to recover any more. */
function endedElsewhere(id: TransactionId): UpdateError {
  const what = `ending ${id}`;
  return new UpdateError('busy', `busy: another process was ${what}`, { details: { what } });
}

/** For what nobody waits for any more: it must not keep the next thing from being done. */
async function orError(log: Log, what: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    log.error(`${what}: ${String(error)}`);
  }
}

/**
 * Undefined when the bookkeeping kept failing, such as on a full disk: the journal stays, and with it the way to an end.
 * Never rejects.
 */
async function runToEnd(
  { runner, store, log, clock, retryDelaysMs = [] }: Needs,
  { record, interrupted }: Beginning,
  door: CancelDoor,
): Promise<TransactionResult | undefined> {
  const { id } = record;
  let failure: ErrorView | null = null;
  for (let tries = 0; ; tries += 1) {
    try {
      if (tries === 0) return await runner.run(record, door, interrupted);
      // The journal knows how far it came; the record that we began with does not.
      const left = await store.loadJournal();
      if (left === undefined) return await endOf(store, id);
      // Should that be why it fails, it is told, and not that it was interrupted.
      return await runner.run({ ...left, error: left.error ?? failure }, door, true);
    } catch (error) {
      failure ??= error instanceof UpdateError ? error.toView() : null;
      log.error(`${id} could not go on: ${String(error)}`);
    }
    const wait = retryDelaysMs[tries];
    if (wait === undefined) {
      log.error(`${id} is given up until the next start`);
      return undefined;
    }
    // A cancel must not cut this short: the way to a clean end needs the wait too.
    await clock?.sleep(wait, new AbortController().signal);
  }
}

/** No journal: it was removed before the failure was told, or it was damaged and moved aside. */
async function endOf(store: Store, id: TransactionId): Promise<TransactionResult> {
  const end = (await store.loadHistory(1)).find((entry) => entry.id === id);
  if (end !== undefined) return end;
  throw new UpdateError('state-damaged', 'its journal is gone', {
    details: { file: JOURNAL_FILE },
  });
}
