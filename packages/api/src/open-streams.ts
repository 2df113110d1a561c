/**
 * Every open event stream, so that a sign-out ends its streams at once and a shutdown ends all of them:
 * `server.close()` waits for ever for an open one.
 */
import { UpdateError } from '@pikit/protocol';
import { createEventStream, type EventStream } from './event-stream.ts';
import type { SessionId } from './auth/sessions.ts';

export interface OpenStreams {
  /** Throws `rate-limited` when too many are open. `onEnd` is called once. */
  open(options: {
    readonly session: SessionId | undefined;
    readonly onEnd: () => void;
    readonly onTooSlow: () => void;
  }): EventStream;
  endSession(session: SessionId): void;
  /** Also ends each later one at its beginning. */
  endAll(): void;
}

interface Options {
  readonly heartbeatMs: number;
  readonly isAlive: (session: SessionId) => boolean;
}

const MAX_STREAMS = 64;
const MAX_QUEUED_BYTES = 1024 * 1024;

export function createOpenStreams({ heartbeatMs, isAlive }: Options): OpenStreams {
  const streams = new Map<EventStream, SessionId | undefined>();
  let closing = false;
  return {
    open({ session, onEnd, onTooSlow }) {
      if (streams.size >= MAX_STREAMS) {
        throw new UpdateError('rate-limited', 'too many open event streams');
      }
      const stream = createEventStream({
        maxQueuedBytes: MAX_QUEUED_BYTES,
        heartbeatMs,
        isAllowed: () => session === undefined || isAlive(session),
        onEnd: () => {
          streams.delete(stream);
          onEnd();
        },
        onTooSlow,
      });
      streams.set(stream, session);
      if (closing) stream.end();
      return stream;
    },
    endSession(session) {
      for (const [stream, owner] of streams) if (owner === session) stream.end();
    },
    endAll() {
      closing = true;
      for (const stream of streams.keys()) stream.end();
    },
  };
}
