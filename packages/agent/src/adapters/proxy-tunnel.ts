/** A way through an HTTP proxy to one server and port (CONNECT, RFC 9110). What is said in it is not its business. */
import { UpdateError } from '@pikit/protocol';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { isUnanswered, proxyFailure, shownUrl } from './http-failure.ts';
import { bareHost } from './proxy-rules.ts';

interface Target {
  readonly host: string;
  readonly port: number;
  /** For the proxy to be reached and to answer. */
  readonly timeoutMs: number;
}

/** The proxy works, and the network behind it does not. */
const NO_WAY_ON = new Set([502, 503, 504]);

/** For the proxy alone. */
export function credentialsOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username + password === '') return {};
  const pair = bytesOf(`${username}:${password}`).toString('base64');
  return { 'proxy-authorization': `Basic ${pair}` };
}

/** A percent sign that begins no byte stands for itself, as it does for curl. The rest of an address is ASCII. */
function bytesOf(escaped: string): Buffer {
  const letters = escaped.replaceAll(/%([\da-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(letters, 'latin1');
}

/** Rejects with `proxy-failed`, or `offline` where it is the proxy that reaches nobody. */
export function openTunnel(proxy: URL, { host, port, timeoutMs }: Target): Promise<Socket> {
  const name = host.includes(':') ? `[${host}]` : host;
  const target = `${name}:${String(port)}`;
  return new Promise((resolve, reject) => {
    const asked = request({
      method: 'CONNECT',
      host: bareHost(proxy.hostname),
      port: proxy.port === '' ? 80 : Number(proxy.port),
      path: target,
      setHost: false,
      headers: { host: target, ...credentialsOf(proxy) },
      agent: false,
    });
    const timer = setTimeout(() => asked.destroy(proxyFailure(proxy.href, 'silent')), timeoutMs);
    asked.once('connect', ({ statusCode = 0 }, socket: Socket, head) => {
      clearTimeout(timer);
      if (statusCode >= 200 && statusCode < 300 && head.length === 0) {
        socket.setTimeout(0);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(refusal(proxy, target, statusCode));
    });
    asked.once('error', (error) => {
      clearTimeout(timer);
      if (error instanceof UpdateError) reject(error);
      else reject(proxyFailure(proxy.href, isUnanswered(error) ?? 'does not speak http', error));
    });
    asked.end();
  });
}

function refusal(proxy: URL, target: string, status: number): UpdateError {
  const reason = `answered ${String(status)}`;
  if (NO_WAY_ON.has(status)) {
    return new UpdateError('offline', `the proxy ${shownUrl(proxy.href)}: ${reason}`, {
      details: { url: `https://${target}`, reason: `the proxy ${reason}` },
    });
  }
  const { message, details } = proxyFailure(proxy.href, reason);
  return new UpdateError('proxy-failed', message, { details: { ...details, status } });
}
