/**
 * One number for the whole transaction, from fixed weights per phase and the bytes or files inside the phase. The agent
 * sends honest numbers per phase; only the picture is put together here. Pure.
 */
import type { Phase, Progress, Status, TransactionKind, TransactionView } from '@pikit/protocol';
import type { Peak } from './situation.ts';

const INSTALLING: Readonly<Record<Phase, number>> = {
  preflight: 2,
  staging: 50,
  verifying: 14,
  activating: 5,
  restarting: 8,
  probing: 12,
  committing: 2,
  'rolling-back': 4,
  'cleaning-up': 3,
};

/** What is fetched for later ends before the switch. */
const FETCHING = { ...INSTALLING, staging: 75, verifying: 20, activating: 0 };

/** Shares of 100 in the order of the phases. A roll-back fetches nothing, so restarting and probing are most of it. */
const WEIGHTS: Readonly<Record<TransactionKind, Readonly<Record<Phase, number>>>> = {
  apply: INSTALLING,
  repair: INSTALLING,
  rollback: {
    preflight: 0,
    staging: 0,
    verifying: 0,
    activating: 20,
    restarting: 25,
    probing: 40,
    committing: 5,
    'rolling-back': 5,
    'cleaning-up': 5,
  },
};

function fractionOf(progress: Progress | null, phase: Phase): number {
  // The snapshot's progress may still be that of the phase before.
  if (progress === null || progress.phase !== phase) return 0;
  const { bytesDone, bytesTotal, filesDone, filesTotal } = progress;
  if (bytesTotal > 0) return Math.min(1, bytesDone / bytesTotal);
  return filesTotal > 0 ? Math.min(1, filesDone / filesTotal) : 0;
}

/** 0 to 99: only the end of the transaction is 100. */
export function percentOf(
  { kind, phase, stageOnly }: Pick<TransactionView, 'kind' | 'phase' | 'stageOnly'>,
  progress: Progress | null,
): number {
  let before = 0;
  for (const [name, weight] of Object.entries(stageOnly ? FETCHING : WEIGHTS[kind])) {
    if (name === phase) {
      return Math.min(99, Math.floor(before + weight * fractionOf(progress, phase)));
    }
    before += weight;
  }
  return 99;
}

/** The mark that the shown percentage never falls below, or undefined when nothing runs. */
export function raisePeak(peak: Peak | undefined, status: Status): Peak | undefined {
  const { transaction, progress } = status;
  if (transaction === null) return undefined;
  const percent = percentOf(transaction, progress);
  const floor = peak?.transaction === transaction.id ? peak.percent : 0;
  return { transaction: transaction.id, percent: Math.max(floor, percent) };
}
