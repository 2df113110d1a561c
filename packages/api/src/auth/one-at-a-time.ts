/**
 * A queue for work that may not run in parallel: one password hash takes 32 MiB and a second of a Pi's processor, eight
 * of them would take the dashboard down.
 */
import { UpdateError } from '@pikit/protocol';

/** `admit` is called at once where there is room; what it throws keeps the work out. */
export type OneAtATime = <T>(work: () => Promise<T>, admit?: () => void) => Promise<T>;

/** Refuses with `rate-limited` when `maxWaiting` pieces of work are queued already. */
export function createOneAtATime(maxWaiting: number): OneAtATime {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (work, admit) => {
    if (waiting >= maxWaiting) {
      throw new UpdateError('rate-limited', 'too many sign-ins at once', {
        details: { retryAfterSeconds: 5 },
      });
    }
    admit?.();
    waiting += 1;
    const turn = last.then(work);
    // because the next one in the queue must run whether this one failed or not; the caller gets the failure.
    last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      waiting -= 1;
    }
  };
}
