/**
 * Names of transactions. They sort by time, and logs and backups rely on it, so a name never goes back in time even when
 * the clock does: a Pi has no battery for it.
 */
import type { TransactionId } from '@pikit/protocol';

/** Sixteen characters that are a time; the 31st of every month is let through. */
const STAMP = /^(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])([0-5]\d)([0-5]\d)Z/;
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
  const now = `${nowIso.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const after = latest === undefined ? undefined : secondAfter(latest);
  const stamp = after !== undefined && after > now ? after : now;
  return `${stamp}-${randomHex}` as TransactionId;
}

/** The newest of names that begin with a stamp: ids, their log files, backups. Other names are passed over. */
export function newestId(names: readonly string[]): TransactionId | undefined {
  const stamps = names
    .filter((name) => STAMP.test(name))
    .map((name) => name.slice(0, STAMP_LENGTH));
  const newest = stamps.toSorted().at(-1);
  return newest === undefined ? undefined : (`${newest}-ffffff` as TransactionId);
}

/** Undefined for what does not begin with a stamp. */
function secondAfter(name: string): string | undefined {
  const [, ...fields] = STAMP.exec(name) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.map(Number);
  if (fields.length === 0) return undefined;
  const seconds = second + 1;
  const minutes = minute + Math.floor(seconds / 60);
  const hours = hour + Math.floor(minutes / 60);
  const days = day + Math.floor(hours / 24);
  const isNewMonth = days > daysIn(year, month);
  const months = month + (isNewMonth ? 1 : 0);
  const date = [
    String(year + (months > 12 ? 1 : 0)).padStart(4, '0'),
    twoDigits(months > 12 ? 1 : months),
    twoDigits(isNewMonth ? 1 : days),
  ];
  const time = [hours % 24, minutes % 60, seconds % 60].map(twoDigits);
  return `${date.join('')}T${time.join('')}Z`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

function daysIn(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}
