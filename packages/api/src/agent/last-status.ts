/** The newest snapshot that was seen, and whether it came over the connection that is open now. */
import type { Status } from '@pikit/protocol';

export interface LastStatus {
  /** False when it is older than what is known: a notification may overtake the answer to an earlier request. */
  offer(status: Status): boolean;
  get(): Status | undefined;
  /** Only what came since the last `expire`. */
  fresh(): Status | undefined;
  /** A new connection began: the agent may have moved on in between. */
  expire(): void;
}

export function createLastStatus(): LastStatus {
  let last: Status | undefined;
  let isFresh = false;
  return {
    offer(status) {
      // Revisions count up within one boot; of another boot anything is news.
      if (isFresh && last?.boot === status.boot && last.revision > status.revision) return false;
      last = status;
      isFresh = true;
      return true;
    },
    get: () => last,
    fresh: () => (isFresh ? last : undefined),
    expire() {
      isFresh = false;
    },
  };
}
