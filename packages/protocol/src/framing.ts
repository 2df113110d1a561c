/**
 * Bytes to messages and back: one JSON document a line, UTF-8, with a hard limit before anything is parsed. It knows
 * nothing of sockets and of JSON-RPC.
 */
import { UpdateError, type ErrorDetails } from './error-codes.ts';

/** The longest line that either end accepts, in bytes. A log of 500 lines fits; an attack on the memory does not. */
export const MAX_LINE_BYTES = 256 * 1024;

/** What a decoder keeps between two lines. */
const MAX_IDLE_BYTES = 4 * 1024;

const NEWLINE = 0x0a;

export interface LineDecoder {
  /**
   * Takes any piece of the stream and returns the lines that it completes. Throws `invalid-request` when a line passes
   * the limit or is not UTF-8, and from then on always: the stream cannot be resumed.
   */
  push(chunk: Uint8Array): readonly string[];
}

export function createLineDecoder(maxBytes: number = MAX_LINE_BYTES): LineDecoder {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  // One buffer that grows, not a list of pieces: a peer that sends byte by byte would make each of them an object.
  let held = new Uint8Array(0);
  let heldBytes = 0;
  let broken = false;

  const refuse = (message: string, options: { cause?: unknown; details?: ErrorDetails }): never => {
    broken = true;
    held = new Uint8Array(0);
    throw new UpdateError('invalid-request', message, options);
  };

  const keep = (piece: Uint8Array): void => {
    const bytes = heldBytes + piece.length;
    if (broken || bytes > maxBytes) refuse('a line is too long', { details: { limit: maxBytes } });
    if (bytes > held.length) {
      const larger = new Uint8Array(Math.min(maxBytes, Math.max(bytes, 2 * held.length)));
      larger.set(held.subarray(0, heldBytes));
      held = larger;
    }
    held.set(piece, heldBytes);
    heldBytes = bytes;
  };

  const finish = (): string => {
    try {
      return utf8.decode(held.subarray(0, heldBytes));
    } catch (cause) {
      return refuse('a line is not UTF-8', { cause });
    } finally {
      heldBytes = 0;
      if (held.length > MAX_IDLE_BYTES) held = new Uint8Array(0);
    }
  };

  return {
    push(chunk) {
      const lines: string[] = [];
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(NEWLINE, start);
        if (end === -1) break;
        keep(chunk.subarray(start, end));
        const line = finish();
        if (line.trim() !== '') lines.push(line);
        start = end + 1;
      }
      keep(chunk.subarray(start));
      return lines;
    },
  };
}

/** JSON never contains a raw newline, so the line ends where the message ends. */
export function encodeLine(message: unknown): string {
  return `${JSON.stringify(message)}\n`;
}
