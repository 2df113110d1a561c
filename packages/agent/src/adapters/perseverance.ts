/** How long a large transfer is tried again, a whole file or a part of one, and what both ask for. Knows no request. */
import type { Clock } from '../ports.ts';
import { backOffMs } from './back-off.ts';
import { isCreepFailure } from './http-failure.ts';
import type { RetryPolicy } from './http.ts';
import type { Setback } from './refusal.ts';

/** Tries in all, progress or not: a server that gives one byte at a time is a fault as well. */
const MOST_TRIES = 200;
/** Longer than this is not waited for, but told to the owner. */
export const LONGEST_RETRY_AFTER_MS = 120_000;
/** GitHub's API describes a file unless it is asked for just this. */
export const BINARY = 'application/octet-stream';

interface Needs {
  readonly clock: Clock;
  readonly retry: RetryPolicy;
}

/** Waits before the next try, which is due at once where the setback says 0. Throws the failure when there is to be none. */
export type TryAgain = (setback: Setback, hasMore: boolean, signal: AbortSignal) => Promise<void>;

/** For one transfer. `hasMore`: the try has brought bytes that were not there before. */
export function createPerseverance({ clock, retry }: Needs): TryAgain {
  let tries = 0;
  let inVain = 0;
  return async ({ failure, afterMs }, hasMore, signal) => {
    tries += 1;
    inVain = hasMore && !isCreepFailure(failure) ? 0 : inVain + 1;
    if (inVain >= retry.tries || tries >= MOST_TRIES) throw failure;
    if (afterMs !== 0) await clock.sleep(afterMs ?? backOffMs(inVain, retry, clock), signal);
  };
}
