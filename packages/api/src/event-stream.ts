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
  /** Nothing happens after the end. */
  send(event: ServerEvent): void;
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

/** What a browser waits before it comes back. */
const RETRY_MS = 2000;

export function createEventStream(options: EventStreamOptions): EventStream {
  const { maxQueuedBytes, heartbeatMs, isAllowed, onEnd, onTooSlow } = options;
  const queue: Uint8Array[] = [];
  const encoder = new TextEncoder();
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
    move(queue, controller);
    if (ended && queue.length === 0) {
      controller.close();
      controller = undefined;
    }
  };

  const write = (text: string): void => {
    if (ended) return;
    queue.push(encoder.encode(text));
    if (queue.reduce((sum, chunk) => sum + chunk.length, 0) > maxQueuedBytes) {
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
    if (isAllowed()) write(': still here\n\n');
    else end();
  }, heartbeatMs);
  heartbeat.unref();

  write(`retry: ${RETRY_MS}\n\n`);
  return { body, send: (event) => write(encodeEvent(event)), end };
}

/** As much as the reader has room for. */
function move(queue: Uint8Array[], to: ReadableStreamDefaultController<Uint8Array>): void {
  while ((to.desiredSize ?? 0) > 0) {
    const chunk = queue.shift();
    if (chunk === undefined) return;
    to.enqueue(chunk);
  }
}

/** JSON has no raw line breaks, so the data is one line; names and ids are our own. */
function encodeEvent({ event, data, id }: ServerEvent): string {
  const idLine = id === undefined ? '' : `id: ${id.replaceAll(/[\r\n\0]/g, '')}\n`;
  return `event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`;
}
