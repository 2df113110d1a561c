/** How long to wait before asking a server again. */
import type { Clock } from '../ports.ts';
import type { RetryPolicy } from './http.ts';

/** Doubles with each try up to a limit, and is drawn from its upper half so that devices do not come back in step. */
export function backOffMs(attempt: number, policy: RetryPolicy, clock: Clock): number {
  const full = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** attempt);
  const chance = Number.parseInt(clock.randomHex(2), 16) / 0xffff;
  return full * (0.5 + chance / 2);
}

/** Milliseconds from a Retry-After header: seconds or a date. `now` is ISO 8601. */
export function parseRetryAfter(header: string | undefined, now: string): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.parse(now));
}
