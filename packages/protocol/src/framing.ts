/**
 * Bytes to messages and back: one JSON document a line, UTF-8, with a hard limit before anything is parsed. It knows
 * nothing of sockets and of JSON-RPC.
 */
import { UpdateError } from './error-codes.ts';

/** The longest line that either end accepts, in bytes. A log of 500 lines fits; an attack on the memory does not. */
export const MAX_LINE_BYTES = 256 * 1024;

const NEWLINE = 0x0a;

export interface LineDecoder {
  /**
   * Takes any piece of the stream and returns the lines that it completes. Throws `invalid-request` when a line passes
   * the limit or is not UTF-8; the stream cannot be resumed after that.
   */
  push(chunk: Uint8Array): readonly string[];
}

export function createLineDecoder(maxBytes: number = MAX_LINE_BYTES): LineDecoder {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;

  const keep = (piece: Uint8Array): void => {
    pendingBytes += piece.length;
    if (pendingBytes > maxBytes) {
      throw new UpdateError('invalid-request', 'a line is too long', {
        details: { limit: maxBytes },
      });
    }
    // A copy, because the caller may reuse its buffer.
    if (piece.length > 0) pending.push(piece.slice());
  };

  const finish = (): string => {
    const line = new Uint8Array(pendingBytes);
    let offset = 0;
    for (const piece of pending) {
      line.set(piece, offset);
      offset += piece.length;
    }
    pending = [];
    pendingBytes = 0;
    try {
      return utf8.decode(line);
    } catch (cause) {
      throw new UpdateError('invalid-request', 'a line is not UTF-8', { cause });
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
