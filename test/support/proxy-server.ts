/**
 * An HTTP proxy on the loopback interface: CONNECT for what is TLS, whole addresses for the rest. Every name leads to this
 * machine, so that a test can ask for hosts that nothing but the proxy knows.
 */
import { createServer, request as ask, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listenOn } from './listen-on.ts';

interface ProxyRequest {
  readonly method: string;
  /** As it stands in the first line. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
}

export interface ProxyServer {
  readonly port: number;
  /** Oldest first. */
  readonly asked: readonly ProxyRequest[];
  readonly close: () => Promise<void>;
}

interface Options {
  /** `user:password`; without the right one everything is answered with 407. */
  readonly credentials?: string;
  /** Instead of doing anything. */
  readonly status?: number;
  /** A connection is taken, and nothing is ever said. */
  readonly isSilent?: boolean;
}

export async function startProxyServer(options: Options = {}): Promise<ProxyServer> {
  const asked: ProxyRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  const judge = (incoming: IncomingMessage): number | undefined => {
    const { method = '', url = '', headers } = incoming;
    asked.push({ method, target: url, headers });
    const due =
      options.credentials && `Basic ${Buffer.from(options.credentials).toString('base64')}`;
    return due === headers['proxy-authorization'] || due === undefined ? options.status : 407;
  };

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // because whoever has had enough hangs up
  });
  server.on('connect', (incoming, client: Socket) => {
    const status = judge(incoming);
    if (options.isSilent === true) return;
    if (status !== undefined) {
      client.end(`HTTP/1.1 ${String(status)} Refused\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(Number(incoming.url?.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  server.on('request', (incoming, response) => {
    const status = judge(incoming);
    if (options.isSilent === true) return;
    if (status !== undefined) {
      response.writeHead(status).end();
      return;
    }
    const to = new URL(incoming.url ?? '');
    const { 'proxy-authorization': _ours, ...headers } = incoming.headers;
    const path = to.pathname + to.search;
    const passed = ask({ host: '127.0.0.1', port: to.port, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    passed.end();
  });
  return { port: await listenOn(server, 0), asked, close: () => close(server, sockets) };
}

async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}
