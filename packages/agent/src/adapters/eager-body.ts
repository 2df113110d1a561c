/**
 * Takes in what arrives on a stream as soon as it arrives, up to a limit, and hands it out at the reader's pace. Node
 * throws away what lies unread in a stream that breaks; on a bad connection that would be most of each try.
 */
import type { Readable } from 'node:stream';

const MOST_WAITING_BYTES = 1024 * 1024;

/** Must be called before the stream's first byte is due. What came before an error is handed out before it. */
export function readEagerly(stream: Readable): AsyncIterable<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let end: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;

  const finish = (how: { readonly error?: unknown }): void => {
    end ??= how;
    wake?.();
  };
  stream.on('data', (chunk: Uint8Array) => {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes >= MOST_WAITING_BYTES) stream.pause();
    wake?.();
  });
  stream.on('end', () => finish({}));
  stream.on('error', (error) => finish({ error }));
  stream.on('close', () => finish({ error: new Error('closed before its end') }));

  async function* body(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) {
        waitingBytes -= chunk.length;
        if (stream.isPaused() && waitingBytes < MOST_WAITING_BYTES / 2) stream.resume();
        yield chunk;
      } else if (end === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else {
        if ('error' in end) throw end.error;
        return;
      }
    }
  }
  return body();
}
