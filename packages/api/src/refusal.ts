/**
 * The answer to what never becomes a request: not HTTP, too long, too slow, one too many. It is written to the socket itself, in the
 * shape of every other refusal, and says nothing of what was sent or of why our parser minds.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

const REASONS = {
  400: 'malformed',
  408: 'too-slow',
  413: 'too-large',
  431: 'headers-too-large',
  503: 'too-many-connections',
} as const;

export type RefusalStatus = keyof typeof REASONS;

/** Node's and its parser's codes; every other one is for what is not HTTP. */
const STATUS_OF: Readonly<Record<string, RefusalStatus>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

export function refusalFor(error: NodeJS.ErrnoException): RefusalStatus {
  return STATUS_OF[error.code ?? ''] ?? 400;
}

/** Ends the connection; without an answer where the other end has gone. */
export function refuse(socket: Duplex, status: RefusalStatus): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(refusalText(status), () => socket.destroy());
}

/** For what is HTTP, and of which no address can be made: `OPTIONS *`, a Host that is none. */
export function refusalResponse(status: RefusalStatus): Response {
  return new Response(...answerOf(status));
}

function answerOf(
  status: RefusalStatus,
): [body: string, init: { status: number; headers: Record<string, string> }] {
  const code = status === 503 ? 'rate-limited' : 'invalid-request';
  const body = JSON.stringify({
    type: `urn:pikit:error:${code}`,
    title: code.replaceAll('-', ' '),
    status,
    code,
    details: { reason: REASONS[status] },
    requestId: randomUUID(),
  });
  const headers = {
    date: new Date().toUTCString(),
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 503 ? { 'retry-after': '5' } : {}),
    connection: 'close',
  };
  return [body, { status, headers }];
}

function refusalText(status: RefusalStatus): string {
  const [body, { headers }] = answerOf(status);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}
