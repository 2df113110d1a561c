/**
 * What the outside sees: assembles the snapshot, counts its revisions, tells subscribers and keeps state.json. Phases and
 * progress go to subscribers only, progress at most four times a second with the last always sent; nothing is written for it.
 */
import type {
  Drift,
  ErrorView,
  Progress,
  ReleaseSummary,
  Status,
  TransactionResult,
} from '@pikit/protocol';
import type { JournalRecord } from '../core/journal-record.ts';
import type { Policy } from '../core/policy.ts';
import { isCancellable } from '../core/transaction.ts';
import type { Clock, Disk } from '../ports.ts';
import type { Services } from '../system-ports.ts';
import { decidedPolicy } from './decided-policy.ts';
import { judge, readDevice, remember, type Memory } from './device-state.ts';
import { createTurns } from './in-turn.ts';
import type { Store } from './store.ts';
import { createThrottle } from './throttle.ts';

const NOTIFY_INTERVAL_MS = 250;

export interface StatusBoard {
  readonly snapshot: () => Promise<Status>;
  readonly subscribe: (listener: (status: Status) => void) => () => void;
  readonly beginCheck: () => Promise<void>;
  readonly endCheck: (found: ReleaseSummary | null, error: ErrorView | null) => Promise<void>;
  readonly audited: (drift: Drift | null) => Promise<void>;
  /** The journal moved on. Who reads state.json alone learns that something runs; its phase is for the journal to keep. */
  readonly show: (record: JournalRecord) => Promise<void>;
  /** The transaction is over, with this result, or without one when its bookkeeping failed. */
  readonly end: (result: TransactionResult | undefined) => Promise<void>;
  readonly progress: (progress: Progress) => void;
  /** Something else changed, such as the settings. */
  readonly publish: (news?: Partial<Pick<Memory, 'imported' | 'skipped'>>) => Promise<void>;
}

interface Needs {
  readonly disk: Disk;
  readonly store: Store;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly services: Pick<Services, 'look'>;
  readonly boot: string;
}

export function createStatusBoard(needs: Needs): StatusBoard {
  const { store, clock, boot } = needs;
  const listeners = new Set<(status: Status) => void>();
  // A snapshot is read, numbered, sent and saved before the next one is begun.
  const inTurn = createTurns();
  let revision = 0;
  let checking = false;
  let running: JournalRecord | null = null;
  let progress: Progress | null = null;

  const assemble = async (memory: Memory): Promise<Status> => {
    const known = { boot, revision, checking, progress, transaction: running && viewOf(running) };
    return { ...known, ...(await deviceOf(needs, memory)) };
  };

  const send = async (memory: Memory): Promise<Status> => {
    revision += 1;
    throttle.mark();
    const status = await assemble(memory);
    for (const listener of listeners) listener(status);
    return status;
  };

  const tell = (): Promise<Status> => inTurn(async () => send(await remember(store)));
  const throttle = createThrottle({ clock, intervalMs: NOTIFY_INTERVAL_MS, action: tell });

  const change = (patch: Partial<Memory>): Promise<void> =>
    inTurn(async () => {
      const memory = await judged(needs, { ...(await remember(store)), ...patch });
      await store.saveState({ status: await send(memory), ...memory });
    });

  return {
    snapshot: () => inTurn(async () => assemble(await remember(store))),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    beginCheck: async () => {
      checking = true;
      await tell().catch((error: unknown) => {
        checking = false; // the check does not go on
        throw error;
      });
    },
    endCheck: async (found, error) => {
      checking = false;
      // A check that failed keeps what the last good one found.
      const news = error === null ? { candidate: found } : {};
      await change({ ...news, lastCheck: clock.now(), checkError: error });
    },
    audited: async (drift) => change({ drift }),
    show: async (record) => {
      const isFirst = running === null;
      if (record.phase !== running?.phase) progress = null;
      running = record;
      await (isFirst ? change({}) : tell());
    },
    end: async (result) => {
      running = null;
      progress = null;
      await change(newsOf(result));
    },
    progress: (latest) => {
      progress = latest;
      throttle.soon();
    },
    publish: async (news = {}) => change(news),
  };
}

async function deviceOf({ disk, store, policy }: Needs, memory: Memory) {
  const { channel } = await decidedPolicy(policy, store);
  return { channel, ...(await readDevice(disk, store, memory, channel)) };
}

async function judged({ disk, store, services, policy }: Needs, memory: Memory): Promise<Memory> {
  const tools = { disk, store, services, policy: await decidedPolicy(policy, store) };
  return judge(tools, memory);
}

function newsOf(result: TransactionResult | undefined): Partial<Memory> {
  if (result === undefined) return {};
  // What was found before a release was put in place is no longer true of it.
  const audit = result.outcome === 'committed' ? { drift: null } : {};
  return { ...audit, lastResult: result };
}

function viewOf(record: JournalRecord): NonNullable<Status['transaction']> {
  return {
    id: record.id,
    kind: record.kind,
    by: record.by,
    from: record.from?.version ?? null,
    to: record.to.version,
    phase: record.phase,
    cancellable: isCancellable(record.phase),
    startedAt: record.startedAt,
    ...(record.outcome === 'staged' ? { stageOnly: true as const } : {}),
  };
}
