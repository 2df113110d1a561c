/** Runs an action soon, but not more often than every so many milliseconds, and always once after the last request. */
import type { Clock } from '../ports.ts';

export interface Throttle {
  readonly soon: () => void;
  /** The action ran for another reason: the next one waits from now. */
  readonly mark: () => void;
}

interface Needs {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly action: () => Promise<unknown>;
}

export function createThrottle({ clock, intervalMs, action }: Needs): Throttle {
  let last = -Infinity;
  let scheduled = false;
  return {
    mark: () => {
      last = clock.monotonicMs();
    },
    soon: () => {
      if (scheduled) return;
      scheduled = true;
      const wait = Math.max(0, last + intervalMs - clock.monotonicMs());
      clock
        .sleep(wait, new AbortController().signal)
        .then(() => {
          scheduled = false;
          return action();
        })
        // because what could not be done now is done with the next request
        .catch(() => undefined);
    },
  };
}
