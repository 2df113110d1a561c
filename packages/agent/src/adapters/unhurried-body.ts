/**
 * Ends a transfer that creeps: a server that drips a byte now and then is never silent, so a limit on silence alone would
 * let it hold an update for ever. Only waiting for the server counts, not what a slow card takes to write.
 */
import type { Clock } from '../ports.ts';

export interface LeastRate {
  readonly bytes: number;
  /** In which so many bytes must come. */
  readonly withinMs: number;
}

interface Needs {
  readonly rate: LeastRate;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** What is thrown when the bytes did not come. */
  readonly tooSlow: () => Error;
}

/** Whoever stops reading must discard the source. */
export async function* refuseCreeping(
  body: AsyncIterable<Uint8Array>,
  { rate, clock, tooSlow }: Needs,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = body[Symbol.asyncIterator]();
  let arrived = 0;
  let waitedMs = 0;
  for (;;) {
    const begun = clock.monotonicMs();
    const next = await within(chunks.next(), rate.withinMs - waitedMs, tooSlow);
    if (next.done === true) return;
    arrived += next.value.length;
    waitedMs += clock.monotonicMs() - begun;
    if (arrived >= rate.bytes) {
      arrived = 0;
      waitedMs = 0;
    }
    yield next.value;
  }
}

/** A timer and not a look at the clock: what keeps a connection awake need not be a byte of the body. */
function within<T>(work: Promise<T>, ms: number, tooSlow: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooSlow()), ms);
    void work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
