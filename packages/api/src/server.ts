/** The listening socket with its limits, and its orderly end. It knows nothing of routes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Hono } from 'hono';
import { guardConnections, type ConnectionLimits } from './connections.ts';
import { boundPipeline } from './pipeline.ts';
import { refusalResponse } from './refusal.ts';
import { isLocal, type ApiEnv } from './request.ts';

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
  /** Default: those of the product. */
  readonly limits?: ServerLimits;
}

interface ServerLimits extends ConnectionLimits {
  /** From the first byte, or from the connection itself, to the end of the headers. */
  readonly headersMs: number;
}

const LIMITS: ServerLimits = {
  total: 2048,
  each: 128,
  isShared: isLocal,
  now: () => performance.now(),
  stallMs: 30_000,
  sweepMs: 2000,
  headersMs: 10_000,
};

const MAX_HEADER_BYTES = 16 * 1024;
const KEEP_ALIVE_MS = 75_000;
const SWEEP_MS = 50;

/** Its own answers are empty. All other errors are the app's, which answers them itself. */
const answerError = (error: unknown): Response =>
  error instanceof RequestError ? refusalResponse(400) : new Response(null, { status: 500 });

/** Rejects with Node's error when the address cannot be had. */
export async function startServer(options: Options): Promise<RunningServer> {
  const { app, host, port, limits = LIMITS } = options;
  const listener = getRequestListener(app.fetch, { errorHandler: answerError });
  const server = createServer(
    {
      // Longer than nginx keeps an idle connection, or it would at times pass a request to one that is just closing.
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.sweepMs,
      // It would end an upload that takes long; what does not move is ended by the guard.
      requestTimeout: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Node's own refusal has no body. Without a Host the adaptor makes no request of it either.
      requireHostHeader: false,
    },
    boundPipeline((request, response) => void listener(request, response)),
  );
  guardConnections(server, limits);
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
