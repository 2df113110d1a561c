/**
 * What hangs on a request, and what a reverse proxy says about the one that it passed on. The proxy is believed only when
 * the connection comes from this machine (loopback or a unix socket); anybody else could write these headers themselves.
 */
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import type { Caller } from './auth/caller.ts';

export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: {
    requestId: string;
    /** Set by `identify`; undefined for whoever shows nothing that counts. */
    caller: Caller | undefined;
  };
}

export type ApiContext = Context<ApiEnv>;
export type ApiMiddleware = MiddlewareHandler<ApiEnv>;
export type Handler = (c: ApiContext) => Response | Promise<Response>;

/** The address to hold failed sign-ins against. Of a forwarded chain only the last hop is the proxy's own word. */
export function clientAddress(c: ApiContext): string {
  const peer = peerAddress(c);
  const hops = isLocal(peer) ? c.req.header('x-forwarded-for') : undefined;
  const last = hops?.split(',').at(-1)?.trim();
  return (last === undefined || last === '' ? peer : last.slice(0, 64)) ?? 'local';
}

/** The path for a line of the log: as text it came decoded, and a space in it would begin what looks like the next field. */
export function loggedPath(c: ApiContext): string {
  return c.req.path.slice(0, 200).replaceAll(/[\s\p{Z}]/gu, encodeURIComponent);
}

/** Whether the browser speaks https to the proxy; the api itself never does. */
export function isHttps(c: ApiContext): boolean {
  return isLocal(peerAddress(c)) && c.req.header('x-forwarded-proto') === 'https';
}

/** The other end of the connection: the proxy, where there is one. Undefined for a unix socket. */
export function peerAddress(c: ApiContext): string | undefined {
  // `app.request()` calls without bindings.
  const bindings = c.env as Partial<HttpBindings> | undefined;
  return bindings?.incoming?.socket.remoteAddress?.replace(/^::ffff:/, '');
}

/** A unix socket has no address. */
export function isLocal(address: string | undefined): boolean {
  return address === undefined || address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

/**
 * For what every answer has; what a route sets itself goes before it. Straight on Node's answer: a `Headers` for each request
 * would cost more than all checks together.
 */
export function setHeader(c: ApiContext, name: string, value: string): void {
  const { outgoing } = (c.env as Partial<HttpBindings> | undefined) ?? {};
  // `app.request()` calls without bindings.
  if (outgoing === undefined) c.header(name, value);
  else outgoing.setHeader(name, value);
}
