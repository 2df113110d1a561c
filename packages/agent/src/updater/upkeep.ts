/** Keeping what is installed as it was installed: the audit, and the repair of what it finds. */
import type { Requester, Status, TransactionId } from '@pikit/protocol';
import type { Lock } from '../ports.ts';
import { audit } from './audit.ts';
import type { UpdaterTools } from './begin.ts';
import { beginRepair } from './begin-repair.ts';
import type { Exclusive } from './exclusive.ts';
import { refusing } from './refusing.ts';
import type { StatusBoard } from './status-board.ts';
import type { Store } from './store.ts';

export interface Upkeep {
  /** Audits what runs. `busy` while a transaction runs, which itself is refused while this does. */
  readonly verify: () => Promise<Status>;
  /** Audits anew before it refuses or begins: the codes of `beginRepair`, and `busy`. */
  readonly repair: (by: Requester) => Promise<TransactionId>;
}

interface Needs {
  readonly tools: UpdaterTools;
  readonly store: Store;
  readonly board: StatusBoard;
  readonly exclusive: Exclusive;
  readonly lock: Lock;
}

export function createUpkeep(needs: Needs): Upkeep {
  const { tools, store, board, exclusive } = needs;
  let auditing: Promise<void> | undefined;
  return {
    verify: async () => {
      auditing ??= auditAlone(needs).finally(() => {
        auditing = undefined;
      });
      await auditing;
      return board.snapshot();
    },
    repair: async (by) =>
      exclusive.start('repairing the installed release', async (signal) => {
        const found = await audit(tools);
        await board.audited(found?.drift ?? null);
        return refusing(signal, (bounded) => beginRepair({ ...tools, store }, found, by, bounded));
      }),
  };
}

/** Under the lock: a transaction beside it would change what it compares. */
async function auditAlone({ tools, board, exclusive, lock }: Needs): Promise<void> {
  await exclusive.recover();
  const held = await lock.acquire('auditing the installed release');
  try {
    await board.audited((await audit(tools))?.drift ?? null);
  } finally {
    await held.release();
  }
}
