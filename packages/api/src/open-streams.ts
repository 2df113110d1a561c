/**
 * Every open event stream, so that whoever is signed out or revoked loses them at once, and a shutdown ends all of them:
 * `server.close()` waits for ever for an open one.
 */
import { UpdateError } from '@pikit/protocol';
import type { Caller } from './auth/caller.ts';
import { createEventStream, type EventStream } from './event-stream.ts';

export interface OpenStreams {
  /** Throws `rate-limited` when too many are open. `onEnd` is called once. */
  open(options: {
    readonly caller: Caller | undefined;
    readonly onEnd: () => void;
    readonly onTooSlow: () => void;
  }): EventStream;
  /** Those of callers that are not in any more. */
  endRevoked(): void;
  /** Also ends each later one at its beginning. */
  endAll(): void;
}

interface Options {
  readonly heartbeatMs: number;
  /** Whether the caller's session or token still counts. */
  readonly isStillIn: (caller: Caller) => boolean;
  readonly maxStreams?: number;
}

/** Half of what may be connected; what waits for slow readers is shared by all of them. */
const MAX_STREAMS = 1024;
const MAX_QUEUED_BYTES = 1024 * 1024;

export function createOpenStreams(options: Options): OpenStreams {
  const { heartbeatMs, isStillIn, maxStreams = MAX_STREAMS } = options;
  const streams = new Map<EventStream, () => boolean>();
  let closing = false;
  return {
    open({ caller, onEnd, onTooSlow }) {
      if (streams.size >= maxStreams) {
        throw new UpdateError('rate-limited', 'too many open event streams');
      }
      const isAllowed = (): boolean => caller === undefined || isStillIn(caller);
      const stream = createEventStream({
        maxQueuedBytes: MAX_QUEUED_BYTES,
        heartbeatMs,
        isAllowed,
        onEnd: () => {
          streams.delete(stream);
          onEnd();
        },
        onTooSlow,
      });
      streams.set(stream, isAllowed);
      if (closing) stream.end();
      return stream;
    },
    endRevoked() {
      for (const [stream, isAllowed] of streams) if (!isAllowed()) stream.end();
    },
    endAll() {
      closing = true;
      for (const stream of streams.keys()) stream.end();
    },
  };
}
