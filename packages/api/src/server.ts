/** The listening socket, and its orderly end. It knows nothing of routes. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { ApiEnv } from './request.ts';

export interface RunningServer {
  /** As a browser on this machine would write it. */
  readonly url: string;
  /** Lets answers finish for `graceMs`, then cuts off what is left. End the event streams first. */
  close(graceMs: number): Promise<void>;
}

interface Options {
  readonly app: Hono<ApiEnv>;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

const KEEP_ALIVE_MS = 75_000;
const SWEEP_MS = 50;

/** Rejects with Node's error when the address cannot be had. */
export async function startServer({ app, host, port }: Options): Promise<RunningServer> {
  // Without `createServer` the adaptor makes a plain HTTP/1.1 server.
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  // Longer than nginx keeps an idle connection, or it would at times pass a request to one that is just closing.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    close: (graceMs) =>
      new Promise((resolve) => {
        const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
        // Node closes idle connections once; one that has just delivered its answer becomes idle a moment later.
        const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
        server.close(() => {
          clearTimeout(cutOff);
          clearInterval(sweep);
          resolve();
        });
      }),
  };
}
