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

/** Rejects with Node's error when the address cannot be had. */
export async function startServer({ app, host, port }: Options): Promise<RunningServer> {
  // Without `createServer` the adaptor makes a plain HTTP/1.1 server.
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
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
        const timer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
