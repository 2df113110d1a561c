/**
 * The only loop: write the journal, run the phase's step, ask `next`, repeat, publish. It knows no phase by name; what
 * may follow what is the table's business.
 *
 * Invariants: the journal is written before the step that it describes; it is removed only after the result is in the
 * history; a signal that aborts ends a step, never the bookkeeping; what only informs (publishing, tidying logs) never
 * keeps a transaction from its end.
 */
import { UpdateError, type ErrorView, type Phase, type TransactionResult } from '@pikit/protocol';
import type { JournalRecord } from '../core/journal-record.ts';
import {
  hasOtherWay,
  isCancellable,
  leadsBack,
  next,
  type Active,
  type Event,
  type State,
} from '../core/transaction.ts';
import type { Clock, Log } from '../ports.ts';
import type { StepContext, Step, StepTools } from '../steps/context.ts';
import { guardFired, hasGuardFired } from '../steps/guard.ts';
import { makeRoom } from '../steps/make-room.ts';
import { isOfDisk } from '../steps/settle.ts';
import type { CancelDoor } from './cancel-door.ts';
import { decidedPolicy, policyFor } from './decided-policy.ts';
import { createImportSource } from './import-source.ts';
import type { StatusBoard } from './status-board.ts';
import type { Store } from './store.ts';
import type { TransactionLogs } from './transaction-log.ts';

interface Needs {
  readonly tools: StepTools;
  readonly steps: Readonly<Record<JournalRecord['phase'], Step>>;
  readonly store: Store;
  readonly board: StatusBoard;
  readonly logs: TransactionLogs;
  readonly clock: Clock;
}

export interface Runner {
  /**
   * Carries the transaction to its end; publishing that is the caller's. `record` is what the journal says; `interrupted` is how a
   * restarted agent begins.
   */
  readonly run: (
    record: JournalRecord,
    door: Pick<CancelDoor, 'signal' | 'close'>,
    interrupted: boolean,
  ) => Promise<TransactionResult>;
}

/** A step that failed in this process, until the journal has it. */
interface Failed extends Pick<JournalRecord, 'id' | 'phase'> {
  readonly error: ErrorView;
}

export function createRunner({ tools, steps, store, board, logs, clock }: Needs): Runner {
  let failed: Failed | undefined;

  const run: Runner['run'] = async (initial, door, interrupted) => {
    let record = initial;
    const log = logs.open(record.id);
    let saved = JSON.stringify(initial);
    const save = async (patch: Partial<JournalRecord>): Promise<void> => {
      record = { ...record, ...patch };
      const news = JSON.stringify(record);
      if (news === saved) return;
      await store.saveJournal(record);
      saved = news;
    };
    const context: StepContext = {
      ...tools,
      policy: policyFor(await decidedPolicy(tools.policy, store), initial),
      source: record.imported === true ? createImportSource(tools.disk) : tools.source,
      log,
      record: () => record,
      amend: save,
      note(patch) {
        record = { ...record, ...patch };
      },
      report: (counts) => board.progress({ phase: record.phase, ...counts }),
    };

    const boot = await clock.bootId();
    let state: State = activeOf(record);
    if (interrupted) {
      const { id, phase } = record;
      const isTakenBack = leadsBack(phase) && (await hasGuardFired(tools.disk, id));
      const known = failed !== undefined && isSame(failed, record) ? failed.error : undefined;
      log.warning(`cut off in ${phase}: ${isTakenBack ? 'the guard took it back' : 'going on'}`);
      ({ state, record } = goOn(record, { isTakenBack, known, boot }));
    }
    while (state.kind === 'active') {
      if (!isCancellable(state.phase)) door.close(state.phase);
      await save(journaled(state, boot));
      await orWarn(log, 'publishing', board.show(record));
      const { event, error } = await attempt(steps[state.phase], context, door.signal, log);
      failed =
        event === 'failed' && error !== undefined
          ? { id: record.id, phase: state.phase, error: error.toView() }
          : undefined;
      if (error !== undefined && isFirstOrWorse(record, error))
        record = { ...record, error: error.toView() };
      // The journal needs room for the way to the end, no way leads back to what was staged, and who knows what of it was written.
      if (error !== undefined && isOfDisk(error))
        await orWarn(log, 'making room', makeRoom(tools.disk));
      // Between this look and the closed door nothing else can run.
      state = next(state, isHeardLate(state.phase, event, door) ? 'cancelled' : event);
    }
    const result = resultOf(record, state.outcome, clock.now());
    await store.addToHistory(result, tools.policy.limits.history);
    log.info(`ended: ${result.outcome}`);
    await store.clearJournal();
    await orWarn(log, 'tidying the logs', logs.prune(tools.policy.limits.history));
    return result;
  };
  return { run };
}

interface Found {
  /** By the guard. */
  readonly isTakenBack: boolean;
  /** What its step has failed with already. */
  readonly known: ErrorView | undefined;
  /** Of the machine, now. */
  readonly boot: string | undefined;
}

/** From where the life before has left it. Where that leads to another end than it was to, the record says why. */
function goOn(
  record: JournalRecord,
  { isTakenBack, known, boot }: Found,
): { readonly state: State; readonly record: JournalRecord } {
  const event = isTakenBack || known !== undefined ? 'failed' : endOf(record, boot);
  const state = next(activeOf(record), event);
  if (known !== undefined) return { state, record: { ...record, error: known } };
  if (state.kind === 'ended' || state.outcome === record.outcome) return { state, record };
  const error = isTakenBack ? guardFired(record.phase) : interruptedError(record.phase);
  return { state, record: { ...record, error: record.error ?? error.toView() } };
}

/** How the life before ended: by itself, or with the whole machine. */
function endOf(record: JournalRecord, boot: string | undefined): Event {
  const isKnown = boot !== undefined && record.boot !== undefined;
  return isKnown && record.boot !== boot ? 'cut-off' : 'interrupted';
}

function journaled(
  { phase, outcome, interruptions }: Active,
  boot: string | undefined,
): Partial<JournalRecord> {
  const noted = boot === undefined || hasOtherWay(phase) ? {} : { boot };
  return { phase, outcome, interruptions, ...noted };
}

/**
 * Whether the journal could not be told of it. To run that step again would be to believe what it has left: what a refused sync
 * has dropped still looks as if it were there.
 */
function isSame(failed: Failed, { id, phase }: JournalRecord): boolean {
  return failed.id === id && failed.phase === phase && hasOtherWay(phase);
}

/** A cancel that came when the step had just ended. */
function isHeardLate(phase: Phase, event: Event, { signal }: Pick<CancelDoor, 'signal'>): boolean {
  return event === 'ok' && signal.aborted && isCancellable(phase);
}

/** For what the transaction can do without. */
async function orWarn(log: Log, what: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    log.warning(`${what} failed: ${String(error)}`);
  }
}

async function attempt(
  step: Step,
  context: StepContext,
  signal: AbortSignal,
  log: Log,
): Promise<{ readonly event: Event; readonly error?: UpdateError }> {
  const { phase } = context.record();
  // After the point of no return a cancel that came too late must not stop the way to a clean end.
  const stepSignal = isCancellable(phase) ? signal : new AbortController().signal;
  try {
    stepSignal.throwIfAborted();
    await step(context, stepSignal);
    stepSignal.throwIfAborted();
    return { event: 'ok' };
  } catch (thrown) {
    if (stepSignal.aborted) {
      log.info('cancelled');
      return {
        event: 'cancelled',
        error: new UpdateError('cancelled', 'cancelled', { cause: thrown }),
      };
    }
    const error =
      thrown instanceof UpdateError
        ? thrown
        : new UpdateError('internal', `${phase} threw: ${String(thrown)}`, { cause: thrown });
    log.error(`${phase} failed: ${error.code}: ${error.message}${chainOf(error)}`);
    return { event: 'failed', error };
  }
}

/** The causes of an error, outermost first, for the log alone. */
function chainOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? ` (${cause.message}${chainOf(cause)})` : '';
}

/** The first reason is the one that explains; only a failed roll-back matters more. */
function isFirstOrWorse(record: JournalRecord, error: UpdateError): boolean {
  return (
    record.phase !== 'cleaning-up' && (record.error === null || error.code === 'roll-back-failed')
  );
}

function interruptedError(phase: Phase): UpdateError {
  return new UpdateError('interrupted', `cut off in ${phase}`, { details: { phase } });
}

function activeOf({ phase, outcome, interruptions }: JournalRecord): Active {
  return { kind: 'active', phase, outcome, interruptions };
}

/** What the history keeps of it. */
export function resultOf(
  record: JournalRecord,
  outcome: TransactionResult['outcome'],
  endedAt: string,
): TransactionResult {
  const { id, kind, by, startedAt, bytesFetched, manifestSha256, imported, changed } = record;
  return {
    id,
    kind,
    by,
    from: record.from?.version ?? null,
    to: record.to.version,
    outcome,
    error: outcome === 'committed' || outcome === 'staged' ? null : record.error,
    startedAt,
    endedAt,
    bytesFetched,
    ...(manifestSha256 === null ? {} : { manifestSha256 }),
    ...(imported === true ? { imported } : {}),
    ...(changed !== undefined && outcome === 'committed' ? { changed } : {}),
  };
}
