/**
 * One kept connection that asks one thing at a time, written over the socket itself: what a library does for each request would
 * be measured as the server's time. It understands what this api answers (a length, or chunks) and no more.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface Connection {
  /** Resolves with the status once the whole answer is here. Rejects when the connection ends before. */
  ask(request: string): Promise<number>;
  close(): void;
}

interface Waiting {
  readonly resolve: (status: number) => void;
  readonly reject: (cause: Error) => void;
}

export async function openConnection(host: string, port: number): Promise<Connection> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  let pending = '';
  let waiting: Waiting | undefined;
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    pending += text;
    const length = answerLength(pending);
    if (length === undefined || pending.length < length) return;
    const status = Number(pending.slice(9, 12));
    pending = pending.slice(length);
    const asked = waiting;
    waiting = undefined;
    asked?.resolve(status);
  });
  // because `close` follows, and tells who waits.
  socket.on('error', () => undefined);
  socket.on('close', () => waiting?.reject(new Error('the connection ended before the answer')));
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        if (socket.destroyed) reject(new Error('the connection has ended'));
        else socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** Undefined until it can be told. */
function answerLength(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const [, said] = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head + 2)) ?? [];
  if (said !== undefined) return head + 4 + Number(said);
  const end = text.indexOf('\r\n0\r\n\r\n', head);
  return end < 0 ? undefined : end + 7;
}

export function requestText(url: URL, headers: Readonly<Record<string, string>>): string {
  const all = { host: url.host, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${url.pathname} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
