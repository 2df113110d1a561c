/** One entry a method, each a line or two into the updater. */
import { isCompatible, PROTOCOL_VERSION, UpdateError, type Handlers } from '@pikit/protocol';
import type { Disk, Lock } from '../ports.ts';
import { inspect } from '../updater/inspect.ts';
import type { Sources } from '../updater/sources.ts';
import type { StatusBoard } from '../updater/status-board.ts';
import type { Store } from '../updater/store.ts';
import type { TransactionLogs } from '../updater/transaction-log.ts';
import type { Updater } from '../updater/updater.ts';
import type { Caller } from './dispatch.ts';

interface Needs {
  readonly updater: Updater;
  readonly board: StatusBoard;
  readonly store: Store;
  readonly logs: TransactionLogs;
  readonly disk: Disk;
  readonly lock: Lock;
  readonly sources: Pick<Sources, 'states'>;
  readonly agentVersion: string;
  readonly boot: string;
  readonly pid: number;
}

export function createHandlers(needs: Needs): Handlers<Caller> {
  const { updater, board, store, logs, disk, lock, sources, agentVersion, boot, pid } = needs;
  return {
    'agent.hello': async ({ protocol }, { surface }) => {
      if (!isCompatible(protocol)) {
        throw new UpdateError('incompatible-protocol', 'speaks another protocol version', {
          details: { ours: PROTOCOL_VERSION, theirs: protocol },
        });
      }
      return { protocol: PROTOCOL_VERSION, agent: agentVersion, boot, surface };
    },
    'update.status': async () => board.snapshot(),
    'update.check': async () => updater.check(),
    'update.apply': async (wanted, { by }) => ({ transaction: await updater.apply(wanted, by) }),
    'update.import': async (_params, { by }) => ({ transaction: await updater.importFile(by) }),
    'update.downgrade': async (wanted, { by }) => ({
      transaction: await updater.downgrade(wanted, by),
    }),
    'update.cancel': async ({ transaction }) => {
      await updater.cancel(transaction);
      return {};
    },
    'update.rollback': async (_params, { by }) => ({ transaction: await updater.rollback(by) }),
    'update.verify': async () => updater.verify(),
    'update.repair': async (_params, { by }) => ({ transaction: await updater.repair(by) }),
    'update.auto': async (change) => updater.setAuto(change),
    'update.skip': async ({ version }) => updater.skip(version),
    'update.history': async ({ limit }) => ({ entries: [...(await store.loadHistory(limit))] }),
    'update.log': async ({ transaction }) => {
      const id = transaction ?? (await logs.latest()) ?? null;
      return { transaction: id, lines: id === null ? [] : [...(await logs.read(id))] };
    },
    'agent.inspect': async () => ({
      agent: agentVersion,
      pid,
      ...(await inspect({ disk, lock, store })),
      sources: [...sources.states()],
    }),
  };
}
