/**
 * Tells when nobody has been connected and nothing was done for a while, so that an agent that systemd starts again at the next
 * call may leave. It ends nothing itself.
 */
import type { Clock } from '../ports.ts';

/** The part of a socket that is used. */
interface Guest {
  once(event: 'close', listener: () => void): unknown;
}

export interface Idleness {
  /** Somebody is there until this emits `close`. */
  readonly admit: (guest: Guest) => void;
  /** Resolves when it has been idle for so long; not when the signal is aborted before. */
  readonly passed: (signal: AbortSignal) => Promise<void>;
}

interface Needs {
  readonly clock: Pick<Clock, 'sleep' | 'monotonicMs'>;
  readonly idleMs: number;
  /** Something is under way for which nobody needs to be connected. */
  readonly isBusy: () => boolean;
}

export function createIdleness({ clock, idleMs, isBusy }: Needs): Idleness {
  let guests = 0;
  let since = clock.monotonicMs();
  return {
    admit(guest) {
      guests += 1;
      guest.once('close', () => {
        guests -= 1;
        since = clock.monotonicMs();
      });
    },
    async passed(signal) {
      try {
        for (;;) {
          if (guests > 0 || isBusy()) since = clock.monotonicMs();
          const left = since + idleMs - clock.monotonicMs();
          if (left <= 0) return;
          await clock.sleep(left, signal);
        }
      } catch {
        // because the agent stops for another reason, and whoever waits here is not to hear of this one
        await new Promise(() => undefined);
      }
    },
  };
}
