/** Time and chance from the machine. Durations are measured on a clock that NTP does not move: a Pi's date jumps at boot. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports.ts';
import { bootId } from './boot-id.ts';

/** Longer timers fire at once in Node. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const ASK_TIMEOUT_MS = 10_000;

function sleepOnce(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** `timedatectl` asks the kernel, whichever program keeps the time; without systemd nobody vouches for the clock. */
function askSynchronised(env: NodeJS.ProcessEnv | undefined): Promise<boolean> {
  const args = ['show', '--property', 'NTPSynchronized', '--value'];
  const asked = new Promise<boolean>((resolve) => {
    execFile('timedatectl', args, { timeout: ASK_TIMEOUT_MS, env }, (error, stdout) => {
      resolve(error === null && stdout.trim() === 'yes');
    });
  });
  // because where no process can be made nobody has vouched either
  return asked.catch(() => false);
}

/** `env`: default this process's own. */
export function createClock({ env }: { readonly env?: NodeJS.ProcessEnv } = {}): Clock {
  return {
    now: () => new Date().toISOString(),
    isSynchronised: () => askSynchronised(env),
    // because it is no reason to stop: then each interruption counts
    bootId: () => bootId().catch(() => undefined),
    monotonicMs: () => performance.now(),
    async sleep(ms, signal) {
      signal.throwIfAborted();
      let left = ms;
      while (left > LONGEST_TIMER_MS) {
        await sleepOnce(LONGEST_TIMER_MS, signal);
        left -= LONGEST_TIMER_MS;
      }
      await sleepOnce(left, signal);
    },
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
  };
}
