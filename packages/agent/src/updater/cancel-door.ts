/**
 * How a cancel reaches a transaction, and from when on it is refused. Closing and asking are of one turn: nobody is told that a
 * transaction which goes on was cancelled.
 */
import { UpdateError, type Phase } from '@pikit/protocol';

export interface CancelDoor {
  readonly signal: AbortSignal;
  /** From here on none is heard, and whoever asks for one is told so. */
  readonly close: (phase: Phase) => void;
  /** Aborts the signal; `not-cancellable` with `phase` when the transaction must go on. */
  readonly knock: (reason: UpdateError) => void;
}

export function createCancelDoor(): CancelDoor {
  const abort = new AbortController();
  let closedIn: Phase | undefined;
  return {
    signal: abort.signal,
    close: (phase) => {
      closedIn = phase;
    },
    knock: (reason) => {
      // What was cancelled is tidied up: that phase hears no other cancel, but this one was heard.
      if (closedIn !== undefined && !abort.signal.aborted) throw mustGoOn(closedIn);
      abort.abort(reason);
    },
  };
}

function mustGoOn(phase: Phase): UpdateError {
  return new UpdateError('not-cancellable', `in ${phase} it must go on to an end`, {
    details: { phase },
  });
}
