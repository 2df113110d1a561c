/** The time that a question to the release server may take while somebody waits for the answer, and what its end is called. */
import { UpdateError } from '@pikit/protocol';

/** A check is a list and a manifest: when that takes longer, the network is not usable. */
export const SOURCE_TIMEOUT_MS = 110_000;

/** The caller waits for the refusals, so they must not take for ever. */
export async function refusing<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await within(SOURCE_TIMEOUT_MS, signal, work);
  } catch (error) {
    throw toFailure(error, signal);
  }
}

/**
 * Throws `offline` when it takes longer. Not by `AbortSignal.timeout`: joined with another signal it is held by nobody, and may
 * be collected before it fires.
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
  }, ms);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    throw late.signal.aborted && !signal.aborted ? toFailure(error, late.signal) : error;
  } finally {
    clearTimeout(timer);
  }
}

export function toFailure(error: unknown, signal: AbortSignal): UpdateError {
  if (error instanceof UpdateError) return error;
  if (signal.aborted)
    return new UpdateError('offline', 'the release server took too long', { cause: error });
  return new UpdateError('internal', String(error), { cause: error });
}
