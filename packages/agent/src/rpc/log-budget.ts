/**
 * Log lines that somebody outside can cause: so many a minute, and a count of those left out. Whoever can connect could
 * fill the journal otherwise.
 */
import type { Clock, Log } from '../ports.ts';

const WINDOW_MS = 60_000;
const LINES = 10;

/** Returns whether the line was written. */
export type BoundedLog = (level: keyof Log, message: string) => boolean;

interface Needs {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly log: Log;
}

export function createLogBudget({ clock, log }: Needs): BoundedLog {
  let begun = -Infinity;
  let written = 0;
  let leftOut = 0;
  return (level, message) => {
    if (clock.monotonicMs() - begun >= WINDOW_MS) {
      if (leftOut > 0) log.warning(`${leftOut} lines such as the next one were left out`);
      begun = clock.monotonicMs();
      written = 0;
      leftOut = 0;
    }
    if (written === LINES) {
      if (leftOut === 0) log.warning('more such lines are left out for a minute');
      leftOut += 1;
      return false;
    }
    written += 1;
    log[level](message);
    return true;
  };
}
