/** Waits for something that another process does, by asking again and again up to a bound; the only waiting that a test may do. */
import { setTimeout as sleep } from 'node:timers/promises';

interface Bounds {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

type Answer<T> = T | undefined | false;

/** Only what fails waits so long: a machine that is busy with something else must not fail a test. */
const PATIENCE_MS = 60_000;

/**
 * Resolves with the first answer that is neither undefined nor false. A probe that throws counts as "not yet"; when the
 * time is over, the last such error is the cause of the one thrown. `what` completes the sentence "waited … for".
 */
export async function waitFor<T>(
  what: string,
  probe: () => Answer<T> | Promise<Answer<T>>,
  { timeoutMs = PATIENCE_MS, everyMs = 25 }: Bounds = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  do {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await sleep(everyMs);
  } while (performance.now() < deadline);
  const reason = lastError instanceof Error ? `: ${lastError.message}` : '';
  throw new Error(`waited ${timeoutMs} ms in vain for ${what}${reason}`, { cause: lastError });
}
