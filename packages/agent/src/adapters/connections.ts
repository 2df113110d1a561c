/**
 * How a request gets to its server: straight, or through a proxy, over a connection that is kept for the next one. The user and
 * password of a proxy are told to that proxy alone.
 */
import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { ReadCa } from './ca-file.ts';
import { bareHost, type ProxyFor } from './proxy-rules.ts';
import { credentialsOf, openTunnel } from './proxy-tunnel.ts';

/** As Node's own: what lies unused for five seconds is closed, because servers and routers forget it. */
const KEEP = { keepAlive: true, scheduling: 'lifo', timeout: 5000 } as const;

type Send = (
  url: URL,
  options: RequestOptions,
  onAnswer?: (answer: IncomingMessage) => void,
) => ClientRequest;

export interface Route {
  readonly send: Send;
  /** Whom we speak http to in the server's place, for an address that is http. */
  readonly speaksTo: URL | undefined;
}

interface Needs {
  readonly proxyFor: ProxyFor;
  /** Undefined: those of the system. */
  readonly readCa: ReadCa | undefined;
  /** For a proxy to answer. */
  readonly timeoutMs?: number;
}

/** Rejects with `config-invalid`. */
export type RouteTo = (url: string) => Promise<Route>;

export function createConnections({ proxyFor, readCa, timeoutMs = 15_000 }: Needs): RouteTo {
  const plain = new http.Agent(KEEP);
  let trusted = createSecure(undefined, timeoutMs);

  const secure = async () => {
    const ca = await readCa?.();
    if (ca?.join('') !== trusted.ca?.join('')) trusted = createSecure(ca, timeoutMs);
    return trusted;
  };

  return async (url) => {
    const proxy = proxyFor(url);
    if (new URL(url).protocol === 'https:') {
      const agent = (await secure()).agentFor(proxy);
      const send: Send = (to, options, onAnswer) =>
        https.request(to, { ...options, agent }, onAnswer);
      return { send, speaksTo: undefined };
    }
    if (proxy === undefined) {
      const send: Send = (to, options, onAnswer) =>
        http.request(to, { ...options, agent: plain }, onAnswer);
      return { send, speaksTo: undefined };
    }
    return { send: sendBy(proxy, plain), speaksTo: proxy };
  };
}

/** The proxy is asked for the whole address (RFC 9112, 3.2.2). */
function sendBy(proxy: URL, agent: http.Agent): Send {
  return (to, options, onAnswer) =>
    http.request(
      {
        ...options,
        agent,
        host: bareHost(proxy.hostname),
        hostname: bareHost(proxy.hostname),
        port: proxy.port === '' ? 80 : Number(proxy.port),
        path: to.origin + to.pathname + to.search,
        headers: {
          ...Object.fromEntries(Object.entries(options.headers ?? {})),
          ...credentialsOf(proxy),
          host: to.host,
        },
      },
      onAnswer,
    );
}

/** Connections that trust the same authorities. */
function createSecure(ca: readonly string[] | undefined, timeoutMs: number) {
  const options = { ...KEEP, ...(ca && { ca: [...ca] }) };
  const straight = new https.Agent(options);
  const tunnels = new Map<string, https.Agent>();

  const agentFor = (proxy: URL | undefined): https.Agent => {
    if (proxy === undefined) return straight;
    const known = tunnels.get(proxy.href);
    if (known !== undefined) return known;
    const agent = throughTunnel(new https.Agent(options), proxy, timeoutMs);
    tunnels.set(proxy.href, agent);
    return agent;
  };
  return { ca, agentFor };
}

/** TLS is spoken with the server, end to end: the proxy sees a name and a port. */
function throughTunnel(agent: https.Agent, proxy: URL, timeoutMs: number): https.Agent {
  const dig = async (
    options: https.RequestOptions,
    done: (error: Error | null, socket?: Duplex) => void,
  ): Promise<void> => {
    let tunnel: Duplex;
    try {
      const target = { host: options.host ?? '', port: Number(options.port), timeoutMs };
      tunnel = await openTunnel(proxy, target);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    done(null, connectTls({ ...(options as ConnectionOptions), socket: tunnel }));
  };
  return Object.assign(agent, {
    createConnection: (...how: Parameters<typeof dig>): undefined => void dig(...how),
  });
}
