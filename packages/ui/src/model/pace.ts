/**
 * How fast a download goes and how long it will still take, from what arrived in the last seconds. Pure. Says nothing while it
 * cannot be known: at first, when nothing arrives, and where a phase counts no bytes.
 */
import type { Status } from '@pikit/protocol';

/** One look at the bytes, `at` the browser's clock in milliseconds. */
interface Mark {
  readonly at: number;
  readonly bytes: number;
}

export interface Pace {
  /** Of which transaction and phase, and of how many bytes: anything else begins anew. */
  readonly of: string;
  /** Oldest first, about a second apart. */
  readonly marks: readonly Mark[];
}

export interface Speed {
  readonly bytesPerSecond: number;
  readonly leftMs: number;
}

const STEP_MS = 1000;
const WINDOW_MS = 10_000;
const SHORTEST_MS = 3000;
/** Silence for so long is a stall: what was measured before is no longer true. */
const SILENCE_MS = 4000;

/** Undefined while nothing is fetched. */
export function notePace(
  pace: Pace | undefined,
  { transaction, progress }: Status,
  now: number,
): Pace | undefined {
  if (transaction === null || progress === null || progress.bytesTotal === 0) return undefined;
  const { phase, bytesDone, bytesTotal } = progress;
  return markPace(pace, `${transaction.id} ${phase} ${String(bytesTotal)}`, bytesDone, now);
}

/** `of` names what the bytes are of. */
export function markPace(pace: Pace | undefined, of: string, bytes: number, now: number): Pace {
  const last = pace?.marks.at(-1);
  const isAnew = pace?.of !== of || last === undefined || bytes < last.bytes || now < last.at;
  if (!isAnew && (bytes === last.bytes || now - last.at < STEP_MS)) return pace;
  // After a silence its length would count as slowness for seconds.
  if (isAnew || now - last.at > SILENCE_MS) return { of, marks: [{ at: now, bytes }] };
  const recent = pace.marks.filter(({ at }) => now - at <= WINDOW_MS);
  return { of, marks: [...recent, { at: now, bytes }] };
}

export function speedOf(
  pace: Pace | undefined,
  bytesTotal: number,
  now: number,
): Speed | undefined {
  const [first, last] = [pace?.marks.at(0), pace?.marks.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const took = last.at - first.at;
  if (took < SHORTEST_MS || now - last.at > SILENCE_MS) return undefined;
  const bytesPerSecond = ((last.bytes - first.bytes) / took) * 1000;
  const left = bytesTotal - last.bytes;
  return left > 0 ? { bytesPerSecond, leftMs: roundUp((left / bytesPerSecond) * 1000) } : undefined;
}

/** Coarser the longer it takes, so that it does not jump about. */
function roundUp(ms: number): number {
  const step = ms <= 60_000 ? 5000 : ms <= 600_000 ? 30_000 : 60_000;
  return Math.ceil(ms / step) * step;
}
