/**
 * Every open event stream, so that whoever is signed out or revoked loses them at once, and a shutdown ends all of them:
 * `server.close()` waits for ever for an open one. Where all places are taken, who holds more of them makes way for who holds fewer.
 */
import { UpdateError } from '@pikit/protocol';
import type { Caller } from './auth/caller.ts';
import { createEventStream, type EventStream } from './event-stream.ts';

export interface OpenStreams {
  /** Throws `rate-limited` when too many are open, and nobody has to make way. `onEnd` is called once. */
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

interface Place {
  readonly holder: string;
  readonly isAllowed: () => boolean;
}

/** Half of what may be connected; what waits for slow readers is shared by all of them. */
const MAX_STREAMS = 1024;
const MAX_QUEUED_BYTES = 1024 * 1024;

export function createOpenStreams(options: Options): OpenStreams {
  const { heartbeatMs, isStillIn, maxStreams = MAX_STREAMS } = options;
  const streams = new Map<EventStream, Place>();
  let closing = false;
  return {
    open({ caller, onEnd, onTooSlow }) {
      const holder = nameOf(caller);
      if (streams.size >= maxStreams) unfairlyHeld(streams, holder)?.end();
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
      streams.set(stream, { holder, isAllowed });
      if (closing) stream.end();
      return stream;
    },
    endRevoked() {
      for (const [stream, { isAllowed }] of streams) if (!isAllowed()) stream.end();
    },
    endAll() {
      closing = true;
      for (const stream of streams.keys()) stream.end();
    },
  };
}

function nameOf(caller: Caller | undefined): string {
  if (caller === undefined) return '';
  return caller.kind === 'proxy' ? `proxy ${caller.user}` : `${caller.kind} ${caller.id}`;
}

/** The longest open stream of whoever holds most, unless the one that asks would then have as many. */
function unfairlyHeld(
  streams: ReadonlyMap<EventStream, Place>,
  asking: string,
): EventStream | undefined {
  const held = new Map<string, number>([[asking, 0]]);
  for (const { holder } of streams.values()) held.set(holder, (held.get(holder) ?? 0) + 1);
  const most = Math.max(...held.values());
  if (most <= (held.get(asking) ?? 0) + 1) return undefined;
  for (const [stream, { holder }] of streams) if (held.get(holder) === most) return stream;
  return undefined;
}
