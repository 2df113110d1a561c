/**
 * What the outside sees: assembles the snapshot, counts its revisions, tells subscribers and keeps state.json. Progress
 * goes to subscribers only, at most four times a second with the last always sent; nothing is written for it.
 */
import type {
  ErrorView,
  Progress,
  ReleaseSummary,
  Status,
  TransactionResult,
  Version,
} from '@pikit/protocol';
import type { JournalRecord } from '../core/journal-record.ts';
import { BACKUPS, CURRENT } from '../core/layout.ts';
import type { Policy } from '../core/policy.ts';
import { isNewer } from '../core/selection.ts';
import { isCancellable } from '../core/transaction.ts';
import type { Clock, Disk } from '../ports.ts';
import { installedVersion } from '../steps/adopt.ts';
import { refOfLink } from '../steps/trees.ts';
import type { Store } from './store.ts';

const NOTIFY_INTERVAL_MS = 250;

interface Memory {
  candidate: ReleaseSummary | null;
  lastCheck: string | null;
  checkError: ErrorView | null;
  lastResult: TransactionResult | null;
}

export interface StatusBoard {
  readonly snapshot: () => Promise<Status>;
  readonly subscribe: (listener: (status: Status) => void) => () => void;
  readonly beginCheck: () => Promise<void>;
  readonly endCheck: (found: ReleaseSummary | null, error: ErrorView | null) => Promise<void>;
  /** The journal moved on: a new phase, or null when the transaction has ended. */
  readonly show: (record: JournalRecord | null, result?: TransactionResult) => Promise<void>;
  readonly progress: (progress: Progress) => void;
  /** Nothing runs here any more, and the disk may be the reason: subscribers hear of it, nothing is written. */
  readonly forget: () => Promise<void>;
  /** Something else changed, such as the settings. */
  readonly publish: () => Promise<void>;
}

interface Needs {
  readonly disk: Disk;
  readonly store: Store;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly boot: string;
}

export function createStatusBoard({ disk, store, clock, policy, boot }: Needs): StatusBoard {
  const listeners = new Set<(status: Status) => void>();
  let revision = 0;
  let checking = false;
  let running: JournalRecord | null = null;
  let progress: Progress | null = null;
  let lastSent = -Infinity;
  let sendScheduled = false;

  /** Read each time: a foreground `--run` beside a sleeping daemon may have changed it. */
  const remember = async (): Promise<Memory> => {
    const saved = await store.loadState();
    return {
      candidate: saved?.candidate ?? null,
      lastCheck: saved?.status.last_check ?? null,
      checkError: saved?.status.check_error ?? null,
      lastResult: saved?.status.last_result ?? null,
    };
  };

  const assemble = async (memory: Memory): Promise<Status> => {
    const current = await runningVersion(disk);
    const newer = memory.candidate !== null && isNewer(memory.candidate.version, current);
    const backup = await latestBackup(disk);
    return {
      boot,
      revision,
      channel: policy.channel,
      current,
      latest: memory.candidate?.version ?? null,
      offered: newer ? memory.candidate : null,
      previous: backup?.version ?? null,
      trust: 'unsigned',
      checking,
      last_check: memory.lastCheck,
      check_error: memory.checkError,
      transaction: running === null ? null : viewOf(running),
      progress,
      last_result: memory.lastResult,
      backup_path: backup?.path ?? null,
      settings: await store.loadSettings(),
    };
  };

  const send = async (memory?: Memory): Promise<Status> => {
    revision += 1;
    lastSent = clock.monotonicMs();
    const status = await assemble(memory ?? (await remember()));
    for (const listener of listeners) listener(status);
    return status;
  };

  const change = async (patch: Partial<Memory>): Promise<void> => {
    const memory = { ...(await remember()), ...patch };
    const status = await send(memory);
    await store.saveState({ status, candidate: memory.candidate });
  };

  const sendSoon = (): void => {
    if (sendScheduled) return;
    sendScheduled = true;
    const wait = Math.max(0, lastSent + NOTIFY_INTERVAL_MS - clock.monotonicMs());
    clock
      .sleep(wait, new AbortController().signal)
      .then(() => {
        sendScheduled = false;
        return send();
      })
      // because a snapshot that cannot be read now is sent with the next change
      .catch(() => undefined);
  };

  return {
    snapshot: async () => assemble(await remember()),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    beginCheck: async () => {
      checking = true;
      await send();
    },
    endCheck: async (found, error) => {
      checking = false;
      const lastCheck = clock.now();
      await change(
        error === null
          ? { candidate: found, lastCheck, checkError: null }
          : { lastCheck, checkError: error },
      );
    },
    show: async (record, result) => {
      const entered = record !== null && record.phase !== running?.phase;
      if (record === null || entered) progress = null;
      running = record;
      await change(result === undefined ? {} : { lastResult: result });
    },
    forget: async () => {
      running = null;
      progress = null;
      await send();
    },
    progress: (latest) => {
      progress = latest;
      sendSoon();
    },
    publish: async () => change({}),
  };
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
  };
}

/** Before the first update the plan's version file is all that is known. */
async function runningVersion(disk: Disk): Promise<Version | 'preexisting' | null> {
  const tree = refOfLink(await disk.readLink(CURRENT));
  if (tree !== undefined) return tree.version;
  const written = await installedVersion(disk);
  return written === 'preexisting' ? null : written;
}

/** The newest backup link: where a roll-back would lead. */
export async function latestBackup(
  disk: Disk,
): Promise<{ readonly path: string; readonly version: Version | 'preexisting' } | undefined> {
  for (const name of (await disk.list(BACKUPS)).toReversed()) {
    const path = `${BACKUPS}/${name}`;
    const tree = refOfLink(await disk.readLink(path));
    if (tree !== undefined) return { path, ...tree };
  }
  return undefined;
}
