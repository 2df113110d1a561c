/**
 * A release server of a private repository: https in front of the ordinary one, 404 for whoever has no token, and redirects as
 * a test wants them. It keeps what each request carried.
 */
import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { UNTRUSTED } from '../../../packages/agent/test/adapters/untrusted-certificate.ts';
import { listenOn } from '../../support/listen-on.ts';
import { startReleaseServer, type ReleaseServer } from '../../support/release-server.ts';

interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
}

export interface PrivateSource {
  /** By the name in the certificate; a child trusts it with `NODE_EXTRA_CA_CERTS`. */
  readonly url: string;
  readonly inner: ReleaseServer;
  readonly asked: readonly Asked[];
  /** Answers instead of the repository; undefined leaves it to that. */
  answer: (request: IncomingMessage, response: ServerResponse) => boolean;
  close(): Promise<void>;
}

/** Without a token everybody may read. */
export async function startPrivateSource(token?: string): Promise<PrivateSource> {
  const inner = await startReleaseServer();
  const asked: Asked[] = [];
  const server = createServer(UNTRUSTED);
  const url = `https://localhost:${await listenOn(server, 0)}`;
  const source: PrivateSource = {
    url,
    inner,
    asked,
    answer: () => false,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await inner.close();
    },
  };
  server.on('request', (request, response) => {
    const { authorization } = request.headers;
    asked.push({ path: request.url ?? '/', authorization });
    if (source.answer(request, response)) return;
    if (token !== undefined && authorization !== `token ${token}`) {
      response.writeHead(404).end('{"message":"not found"}');
      return;
    }
    const { range } = request.headers;
    const headers = range === undefined ? {} : { range };
    const passed = forward(`${inner.url}${request.url ?? '/'}`, { headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    // because a repository that went away must fail the client, not hang it
    passed.on('error', () => response.destroy());
    passed.end();
  });
  return source;
}
