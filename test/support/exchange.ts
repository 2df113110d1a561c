/** One request to a release server with its answer, and the few kinds of answers that Gitea gives. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly fault: Fault;
  readonly onBytes: (count: number) => void;
}

export function refuse(exchange: Exchange, status: number): void {
  sendJson(exchange, status, {
    message: status === 404 ? "The target couldn't be found." : `refused with ${status}`,
    url: `${exchange.url.origin}/api/swagger`,
  });
}

export function sendJson(exchange: Exchange, status: number, document: unknown): void {
  send(exchange, status, 'application/json;charset=utf-8', JSON.stringify(document));
}

export function send(exchange: Exchange, status: number, type: string, text: string): void {
  const { response, request, onBytes } = exchange;
  const body = Buffer.from(text);
  response.writeHead(status, { 'content-type': type, 'content-length': body.length });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  onBytes(body.length);
  response.end(body);
}
