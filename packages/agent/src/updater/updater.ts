/**
 * The use cases that the sockets and the foreground offer: one transaction at a time, under the lock, in the background
 * of whoever asked for it.
 */
import {
  UpdateError,
  type Requester,
  type Sha256,
  type Status,
  type TransactionId,
  type TransactionResult,
  type Version,
} from '@pikit/protocol';
import { judgeRelease } from '../core/held-back.ts';
import type { Lock, LockHolder, Log } from '../ports.ts';
import { beginApply, beginRollback, type UpdaterTools } from './begin.ts';
import { beginImport } from './begin-import.ts';
import { findRelease } from './check.ts';
import { createChoices, type Choices } from './choices.ts';
import { decidedPolicy } from './decided-policy.ts';
import { dropGone, dropKept } from './drop-kept.ts';
import type { Exclusive } from './exclusive.ts';
import { keepManifest } from './offer-cost.ts';
import { refusing, SOURCE_TIMEOUT_MS, toFailure } from './refusing.ts';
import type { StatusBoard } from './status-board.ts';
import type { Store } from './store.ts';
import { createUpkeep, type Upkeep } from './upkeep.ts';

interface Wanted {
  readonly version: Version;
  /** Of the manifest that was reviewed. */
  readonly manifestSha256: Sha256;
  readonly unattended?: true;
  /** To be installed later. */
  readonly stageOnly?: true;
}

export interface Updater extends Upkeep, Choices {
  readonly check: () => Promise<Status>;
  /** `held-back` for what failed here before and for what the owner skips, when nobody watches. */
  readonly apply: (wanted: Wanted, by: Requester) => Promise<TransactionId>;
  /** Like `apply`, also to an older release: root's decision. */
  readonly downgrade: (wanted: Wanted, by: Requester) => Promise<TransactionId>;
  /** Takes the release from the file that was uploaded, to be installed later. */
  readonly importFile: (by: Requester) => Promise<TransactionId>;
  readonly rollback: (by: Requester) => Promise<TransactionId>;
  /**
   * Asks the running transaction to stop, or takes away what an ended one has left ready; `no-such-transaction`,
   * `not-cancellable`, `busy`.
   */
  readonly cancel: (transaction: TransactionId) => Promise<void>;
  /** Ends a transaction that a crash or a power cut left unfinished. Does nothing when there is none. */
  readonly recover: () => Promise<void>;
  /** Resolves when no transaction runs in this process, with the result of the last one. */
  readonly settled: () => Promise<TransactionResult | undefined>;
}

interface Needs {
  readonly tools: UpdaterTools;
  readonly store: Store;
  readonly board: StatusBoard;
  readonly exclusive: Exclusive;
  readonly lock: Lock;
  readonly log: Log;
}

export function createUpdater({ tools, store, board, exclusive, lock, log }: Needs): Updater {
  let checking: Promise<Status> | undefined;

  const look = async (): Promise<Status> => {
    const signal = AbortSignal.timeout(SOURCE_TIMEOUT_MS);
    try {
      await board.beginCheck();
      const finding = await findRelease(await decided(tools, store), signal);
      await dropGone({ ...tools, exclusive, log }, finding);
      if (finding.newest !== null) await keepManifest(tools.disk, finding.newest);
      await board.endCheck(finding.newest?.summary ?? null, null);
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

  const install = async (
    wanted: Wanted,
    by: Requester,
    mayGoBack: boolean,
  ): Promise<TransactionId> => {
    const stageOnly = wanted.stageOnly === true;
    const what = `${stageOnly ? 'fetching' : 'installing'} ${wanted.version}`;
    return exclusive.start(what, async (signal) => {
      if (wanted.unattended === true) await refuseHeldBack({ store, board }, wanted);
      return refusing(signal, async (bounded) =>
        beginApply(await decided(tools, store), wanted, by, bounded, { mayGoBack, stageOnly }),
      );
    });
  };

  return {
    check: async () => {
      if (exclusive.isRunning()) throw busy(await lock.holder());
      checking ??= look();
      return checking;
    },
    apply: (wanted, by) => install(wanted, by, false),
    downgrade: (wanted, by) => install(wanted, by, true),
    importFile: async (by) => importFile({ tools, store, board, exclusive }, by),
    rollback: async (by) =>
      exclusive.start('rolling back', () => beginRollback({ ...tools, store }, by)),
    ...createUpkeep({ tools, store, board, exclusive, lock }),
    cancel: async (transaction) => {
      if (exclusive.abort(transaction, new UpdateError('cancelled', 'on request'))) return;
      if (!(await dropKept({ ...tools, exclusive }, transaction))) {
        throw new UpdateError('no-such-transaction', 'it is not running', {
          details: { transaction },
        });
      }
      await board.publish();
    },
    ...createChoices({ tools, store, board, log }),
    recover: exclusive.recover,
    settled: exclusive.settled,
  };
}

/** By what holds now. */
async function decided(tools: UpdaterTools, store: Store) {
  return { ...tools, store, policy: await decidedPolicy(tools.policy, store) };
}

async function importFile(
  { tools, store, board, exclusive }: Pick<Needs, 'tools' | 'store' | 'board' | 'exclusive'>,
  by: Requester,
): Promise<TransactionId> {
  return exclusive.start('taking a release from a file', async (signal) => {
    const { record, summary } = await refusing(signal, async (bounded) =>
      beginImport(await decided(tools, store), by, bounded),
    );
    // Durable before its transaction begins; shown when the release lies ready.
    await board.publish({ imported: summary });
    return record;
  });
}

/** Throws `held-back` with `version` and `reason`, and with `transaction` where that is the reason. */
async function refuseHeldBack(
  { store, board }: Pick<Needs, 'store' | 'board'>,
  wanted: Wanted,
): Promise<void> {
  const { version } = wanted;
  if ((await board.snapshot()).skipped === version) {
    throw new UpdateError('held-back', `${version} is skipped: only a person may install it`, {
      details: { version, reason: 'skipped' },
    });
  }
  const held = judgeRelease(wanted, await store.loadHistory(Infinity));
  if (held === null) return;
  const text = `${held.version} ${held.reason} in ${held.transaction}: only a person may try it again`;
  throw new UpdateError('held-back', text, { details: { ...held } });
}

function busy(holder: LockHolder | undefined): UpdateError {
  const details = holder === undefined ? {} : { ...holder };
  return new UpdateError('busy', `busy: ${holder?.what ?? 'another transaction'}`, { details });
}
