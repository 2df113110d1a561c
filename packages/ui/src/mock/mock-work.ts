/** The course of a pretended update as a list of changes to the status: what a device would send, tick by tick. Pure. */
import type { Phase, Status, TransactionId, TransactionView } from '@pikit/protocol';

/** How many ticks a phase takes. */
const TICKS: readonly (readonly [Phase, number])[] = [
  ['preflight', 3],
  ['staging', 20],
  ['verifying', 8],
  ['activating', 2],
  ['restarting', 6],
  ['probing', 8],
  ['committing', 1],
  ['cleaning-up', 2],
];

const CANCELLABLE: readonly Phase[] = ['preflight', 'staging', 'verifying'];

export type Change = Partial<Status>;

export interface Order {
  readonly id: TransactionId;
  readonly kind: TransactionView['kind'];
  readonly startedAt: string;
  readonly stageOnly?: true;
}

function targetOf({ current, offered, previous }: Status, kind: Order['kind']): Status['current'] {
  if (kind === 'repair') return current;
  return kind === 'apply' ? (offered?.version ?? null) : previous;
}

/** A roll-back begins where an update touches the device. */
export function courseOf(
  before: Status,
  { id, kind, startedAt, stageOnly }: Order,
): readonly Change[] {
  const { current: from } = before;
  const to = targetOf(before, kind);
  const phases = kind === 'rollback' ? TICKS.slice(3) : stageOnly ? TICKS.slice(0, 3) : TICKS;
  const wish = stageOnly && { stageOnly };
  return phases.flatMap(([phase, ticks]) =>
    Array.from({ length: ticks }, (_, tick) => {
      const bytesTotal = phase === 'staging' ? (before.offered?.bundleBytes ?? 0) : 0;
      const bytesDone = Math.floor((bytesTotal * (tick + 1)) / ticks);
      const cancellable = CANCELLABLE.includes(phase);
      return {
        transaction: {
          id,
          kind,
          by: 'dashboard',
          from,
          to,
          phase,
          cancellable,
          startedAt,
          ...wish,
        },
        progress: { phase, bytesDone, bytesTotal, filesDone: 0, filesTotal: 0 },
      } as const;
    }),
  );
}

/** How it ends: well, or cancelled when it was asked to. */
export function endOf(running: Status, endedAt: string, isCancelled: boolean): Change {
  const { transaction, current, offered, previous } = running;
  if (transaction === null) return {};
  const { id, kind, by, from, to, startedAt, stageOnly } = transaction;
  const outcome = isCancelled ? 'cancelled' : stageOnly ? 'staged' : 'committed';
  return {
    transaction: null,
    progress: null,
    last_result: {
      id,
      kind,
      by,
      from,
      to,
      startedAt,
      endedAt,
      outcome,
      error: null,
      bytesFetched: 0,
    },
    ...(stageOnly && !isCancelled && offered ? { ready: { ...offered, transaction: id } } : {}),
    ...(outcome !== 'committed'
      ? {}
      : {
          current: to,
          previous: kind === 'repair' ? previous : current,
          offered: offered?.version === to ? null : offered,
          drift: null,
        }),
  };
}

/** What an audit finds: one damaged file, until it was repaired. */
export function auditOf({ current, last_result }: Status, checkedAt: string): Change {
  if (current === null) return { drift: null };
  const isWhole = last_result?.kind === 'repair' && last_result.outcome === 'committed';
  const files = isWhole ? [] : [{ path: 'pikit-web/index.html', problem: 'changed' } as const];
  const count = files.length;
  return { drift: { checkedAt, version: current, files, total: count, damaged: count } };
}
