/**
 * For what is looked at every few seconds: a failure is told when it begins and when it becomes another one, and its end is told,
 * too. A line for each look would bury the rest of the log.
 */
import { UpdateError } from '@pikit/protocol';
import { describe, describeBriefly, type Log } from './log.ts';

/** `mended` is what to say when it works again. The returned function never rejects. */
export function createToldChanges(
  log: Pick<Log, 'info' | 'error'>,
  mended: string,
): (look: () => Promise<void>) => Promise<void> {
  let told: string | undefined;
  return async (look) => {
    let failure: string | undefined;
    try {
      await look();
    } catch (cause) {
      failure =
        cause instanceof UpdateError ? `${cause.code}: ${describeBriefly(cause)}` : describe(cause);
    }
    if (failure === told) return;
    told = failure;
    if (failure === undefined) log.info(mended);
    else log.error(failure);
  };
}
