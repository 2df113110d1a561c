/**
 * Server-sent events over a response body: bounded queue, heartbeat, an end. Written by hand because hono's `streamSSE`
 * swallows failed writes and cannot tell a slow reader from a fast one.
 */

export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
  readonly id?: string;
}

export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  /** What `encodeEvent` made, so that all readers share it: also while it waits for slow ones. Nothing happens after the end. */
  send(event: Uint8Array): void;
  /** Lets the reader have what is queued, then ends. */
  end(): void;
}

export interface EventStreamOptions {
  /** What may wait for a reader that does not read; more cuts it off, and it comes back for a fresh snapshot. */
  readonly maxQueuedBytes: number;
  readonly heartbeatMs: number;
  /** Asked at each heartbeat: a stream must not outlive its session. */
  readonly isAllowed: () => boolean;
  /** Called once, whoever ended it. */
  readonly onEnd: () => void;
  /** The reader is too slow: end the transport, too, because it may be stuck. */
  readonly onTooSlow: () => void;
}

/** What a browser waits before it comes back, in milliseconds. */
const RETRY = Buffer.from('retry: 2000\n\n');
const STILL_HERE = Buffer.from(': still here\n\n');

export function createEventStream(options: EventStreamOptions): EventStream {
  const { maxQueuedBytes, heartbeatMs, isAllowed, onEnd, onTooSlow } = options;
  const queue: Uint8Array[] = [];
  let queuedBytes = 0;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let ended = false;

  const finish = (): void => {
    if (ended) return;
    ended = true;
    clearInterval(heartbeat);
    onEnd();
  };

  const flush = (): void => {
    if (controller === undefined) return;
    queuedBytes -= move(queue, controller);
    if (ended && queue.length === 0) {
      controller.close();
      controller = undefined;
    }
  };

  const send = (bytes: Uint8Array): void => {
    if (ended) return;
    queue.push(bytes);
    queuedBytes += bytes.length;
    if (queuedBytes > maxQueuedBytes) {
      queue.length = 0;
      finish();
      onTooSlow();
    }
    flush();
  };

  const body = new ReadableStream<Uint8Array>(
    {
      start(created) {
        controller = created;
      },
      pull: flush,
      cancel() {
        controller = undefined;
        queue.length = 0;
        finish();
      },
    },
    { highWaterMark: 1 },
  );

  const end = (): void => {
    finish();
    flush();
  };

  const heartbeat = setInterval(() => {
    if (isAllowed()) send(STILL_HERE);
    else end();
  }, heartbeatMs);
  heartbeat.unref();

  send(RETRY);
  return { body, send, end };
}

/** As much as the reader has room for; returns the bytes. */
function move(queue: Uint8Array[], to: ReadableStreamDefaultController<Uint8Array>): number {
  let moved = 0;
  while ((to.desiredSize ?? 0) > 0) {
    const chunk = queue.shift();
    if (chunk === undefined) break;
    moved += chunk.length;
    to.enqueue(chunk);
  }
  return moved;
}

/** JSON has no raw line breaks, so the data is one line; names and ids are our own. */
export function encodeEvent({ event, data, id }: ServerEvent): Uint8Array {
  const idLine = id === undefined ? '' : `id: ${id.replaceAll(/[\r\n\0]/g, '')}\n`;
  return Buffer.from(`event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`);
}
