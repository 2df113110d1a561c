/** The time that a question to the release server may take while somebody waits for the answer, and what its end is called. */
import { UpdateError } from '@pikit/protocol';

/** A check is a list and a manifest: when that takes longer, the network is not usable. */
export const SOURCE_TIMEOUT_MS = 110_000;

/** The caller waits for the refusals, so they must not take for ever. */
export async function refusing<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(SOURCE_TIMEOUT_MS)]);
  try {
    return await work(bounded);
  } catch (error) {
    throw toFailure(error, bounded);
  }
}

export function toFailure(error: unknown, signal: AbortSignal): UpdateError {
  if (error instanceof UpdateError) return error;
  if (signal.aborted)
    return new UpdateError('offline', 'the release server took too long', { cause: error });
  return new UpdateError('internal', String(error), { cause: error });
}
