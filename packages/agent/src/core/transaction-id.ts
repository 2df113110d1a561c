/**
 * Names of transactions. They sort by time, and logs and backups rely on it, so a name never goes back in time even when
 * the clock does: a Pi has no battery for it.
 */
import type { TransactionId } from '@pikit/protocol';

const STAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/;
const STAMP_LENGTH = 16;

/**
 * `20261123T184500Z-1a2b3c`: safe in file names and commands. The stamp is at least one second later than that of
 * `latest`, because backups are named by it alone. `nowIso` is ISO 8601 in UTC, `randomHex` six digits.
 */
export function nextTransactionId(
  nowIso: string,
  latest: TransactionId | undefined,
  randomHex: string,
): TransactionId {
  const now = stampOf(nowIso);
  const after = latest === undefined ? undefined : secondAfter(latest);
  const stamp = after !== undefined && after > now ? after : now;
  return `${stamp}-${randomHex}` as TransactionId;
}

/** The newest of names that begin with a stamp: ids, their log files, backups. Other names are passed over. */
export function newestId(names: readonly string[]): TransactionId | undefined {
  const stamps = names
    .filter((name) => secondAfter(name) !== undefined)
    .map((name) => name.slice(0, STAMP_LENGTH));
  const newest = stamps.toSorted().at(-1);
  return newest === undefined ? undefined : (`${newest}-ffffff` as TransactionId);
}

/** Undefined for what does not begin with a time that exists. */
function secondAfter(name: string): string | undefined {
  const [, year, month, day, hour, minute, second] = STAMP.exec(name) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : stampOf(new Date(time + 1000).toISOString());
}

const stampOf = (iso: string): string => `${iso.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
