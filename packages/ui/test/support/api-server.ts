/** A small real HTTP server that answers as the api does, and can be stopped and started again at the same port. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { waitFor } from '../../../../test/support/wait-for.ts';
import type { AgentStatus } from '../../src/model/situation.ts';
import { ELEMENT_VERSION } from '../../src/version.ts';
import { anAgentStatus } from './builders.ts';

/** `body` is a string for an answer that is not JSON. */
export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly route: string;
  readonly body: string;
  readonly type: string | undefined;
}

export interface ApiServer {
  readonly origin: string;
  readonly base: string;
  /** Every request so far, `METHOD path?query` and body. */
  readonly asked: Asked[];
  status: AgentStatus;
  isSignedIn: boolean;
  /** Replaces the answer of a route. */
  readonly replies: Map<string, Reply | (() => Reply | Promise<Reply>)>;
  /** To every open event stream. */
  send(type: string, data: unknown): void;
  streams(): number;
  stop(): Promise<void>;
  start(): Promise<void>;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}

function answer(response: ServerResponse, { status = 200, body, headers = {} }: Reply): void {
  const isText = typeof body === 'string';
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': isText ? 'text/html' : type, ...headers });
  response.end(isText ? body : body === undefined ? '' : JSON.stringify(body));
}

/** `prefix` is the path of the api; a route under it is named without it, any other as it is. */
export async function startApiServer(prefix = ''): Promise<ApiServer> {
  const open = new Set<ServerResponse>();
  let port = 0;
  let server: Server;

  const replyTo = async (route: string): Promise<Reply> => {
    const own = api.replies.get(route);
    if (own !== undefined) return typeof own === 'function' ? own() : own;
    if (route === 'GET /session') return { body: { signedIn: api.isSignedIn } };
    if (route === 'GET /health') return { body: { version: ELEMENT_VERSION } };
    if (!api.isSignedIn) return { status: 401, body: { code: 'unauthenticated', details: {} } };
    if (route === 'GET /update/status') return { body: api.status };
    return { status: 404, body: { code: 'invalid-request', details: {} } };
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = String(request.url);
    const inside = prefix !== '' && path.startsWith(prefix) ? path.slice(prefix.length) : path;
    const route = `${String(request.method)} ${inside}`;
    api.asked.push({ route, body: await textOf(request), type: request.headers['content-type'] });
    if (route !== 'GET /update/events' || !api.isSignedIn) {
      answer(response, await replyTo(route));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    open.add(response);
    response.on('close', () => open.delete(response));
    response.write(`event: status\ndata: ${JSON.stringify(api.status)}\n\n`);
  };

  const api: ApiServer = {
    get origin() {
      return `http://127.0.0.1:${String(port)}`;
    },
    get base() {
      return `${api.origin}${prefix}`;
    },
    asked: [],
    status: anAgentStatus(),
    isSignedIn: true,
    replies: new Map(),
    send(type, data) {
      for (const response of open) {
        response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
      }
    },
    streams: () => open.size,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
    async start() {
      server = createServer((request, response) => void serve(request, response));
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
    },
  };
  await api.start();
  return api;
}

/** Waits until the condition holds. */
export const until = (holds: () => boolean): Promise<boolean> =>
  waitFor('it to happen', holds, { everyMs: 5 });
