/**
 * For a device that boots, before its services start: a switch that was cut off is finished, so that none of them starts
 * on a mixture of two releases. It touches files alone, because whatever waits for a service or the network would wait for
 * ever that early. The journal stays as it is: the agent ends the transaction once the rest of the system is there.
 */
import type { TransactionId } from '@pikit/protocol';
import type { JournalRecord, TreeRef } from '../core/journal-record.ts';
import { leadsBack, switchesTo } from '../core/transaction.ts';
import type { Lock } from '../ports.ts';
import { activateTree } from '../steps/activate-tree.ts';
import type { StepContext, StepTools } from '../steps/context.ts';
import { hasGuardFired } from '../steps/guard.ts';
import { currentTree } from '../steps/trees.ts';
import { policyFor } from './decided-policy.ts';
import type { Store } from './store.ts';
import type { TransactionLogs } from './transaction-log.ts';

interface Needs {
  readonly tools: StepTools;
  readonly store: Store;
  readonly lock: Lock;
  readonly logs: TransactionLogs;
}

export interface Mended {
  readonly transaction: TransactionId;
  /** What every target shows now; null where nothing stood before. */
  readonly shows: TreeRef['version'] | null;
}

/** Undefined when each target is whole as it stands. `busy` when another process works, else the failure of the disk. */
export async function mendTargets(needs: Needs): Promise<Mended | undefined> {
  const { store, lock } = needs;
  if ((await store.loadJournal()) === undefined) return undefined;
  const held = await lock.acquire('making the targets whole');
  try {
    const record = await store.loadJournal();
    return record === undefined ? undefined : await mend(needs, record);
  } finally {
    await held.release();
  }
}

async function mend(
  { tools, store, logs }: Needs,
  initial: JournalRecord,
): Promise<Mended | undefined> {
  let record = initial;
  const direction = await directionOf(tools.disk, record);
  if (direction === null || (await isUntouched(tools.disk, record))) return undefined;
  const log = logs.open(record.id);
  const context: StepContext = {
    ...tools,
    policy: policyFor(tools.policy, initial),
    log,
    record: () => record,
    amend: async (patch) => {
      record = { ...record, ...patch };
      await store.saveJournal(record);
    },
    note: () => undefined,
    report: () => undefined,
  };
  const done = (shown: TreeRef | null): Mended => {
    log.info(`made the targets whole before the services start: ${shown?.name ?? 'nothing'}`);
    return { transaction: record.id, shows: shown?.version ?? null };
  };
  try {
    await activateTree(context, record[direction]);
    return done(record[direction]);
  } catch (error) {
    if (direction === 'from') throw error;
    // The agent will find the same and roll back; until then the services shall have something whole.
    log.error(`${record.to.name} cannot be switched to: ${String(error)}`);
    await activateTree(context, record.from);
    return done(record.from);
  }
}

/** What the guard has taken back stays so: the link alone is back until then. */
async function directionOf(
  disk: StepContext['disk'],
  { id, phase }: JournalRecord,
): Promise<'to' | 'from' | null> {
  return leadsBack(phase) && (await hasGuardFired(disk, id)) ? 'from' : switchesTo(phase);
}

/** `activating` prepares before it switches, and until `current` is there a target shows what stood there before. */
async function isUntouched(disk: StepContext['disk'], record: JournalRecord): Promise<boolean> {
  if (record.phase !== 'activating') return false;
  return record.stoppedUnits === undefined || (await currentTree(disk)) === undefined;
}
