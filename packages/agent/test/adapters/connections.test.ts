/** Straight and through proxies, in plain and in TLS, over real sockets: who is asked what, who is trusted, what is kept. */
import { createServer as createTlsServer } from 'node:https';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { listenOn } from '../../../../test/support/listen-on.ts';
import { startProxyServer, type ProxyServer } from '../../../../test/support/proxy-server.ts';
import type { Http } from '../../src/adapters/http.ts';
import { never, withHttp, withServer } from './http-server.ts';
import { AUTHORITY, EXPIRED, FUTURE, GOOD } from './test-authority.ts';
import { UNTRUSTED } from './untrusted-certificate.ts';

const get = (http: Http, url: string) =>
  http.getBytes(url, { maxBytes: 1000, accept: '*/*', signal: never });
const textOf = async (http: Http, url: string): Promise<string> =>
  Buffer.from((await get(http, url)).bytes).toString();

const readCa = async () => [AUTHORITY];
const TLS = { source: 'https://release.invalid' };

async function withTls<T>(
  identity: { readonly key: string; readonly cert: string },
  work: (port: number, connections: () => number) => Promise<T>,
): Promise<T> {
  let connections = 0;
  const server = createTlsServer(identity, (_request, response) => response.end('secured'));
  server.on('secureConnection', () => (connections += 1));
  const port = await listenOn(server, 0);
  try {
    return await work(port, () => connections);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function withProxy<T>(
  credentials: string,
  work: (proxy: ProxyServer, env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const proxy = await startProxyServer({ credentials });
  const url = `http://${credentials}@127.0.0.1:${proxy.port}`;
  try {
    return await work(proxy, { HTTP_PROXY: url, HTTPS_PROXY: url });
  } finally {
    await proxy.close();
  }
}

describe('a proxy', () => {
  it('is asked for the whole address where it is http, and alone sees its password', () =>
    withServer(
      (_request, response) => response.end('plain'),
      (url, asked) =>
        withProxy('user:secret', (proxy, env) =>
          withHttp(
            async (http) => {
              const { port } = new URL(url);
              const address = `http://release.invalid:${port}/x?y=1`;
              expect(await textOf(http, address)).toBe('plain');
              expect(proxy.asked).toMatchObject([{ method: 'GET', target: address }]);
              expect(asked[0]?.headers).toMatchObject({ host: `release.invalid:${port}` });
              expect(JSON.stringify(asked[0]?.headers)).not.toMatch(/proxy|Basic/);
            },
            { env, source: 'http://release.invalid' },
          ),
        ),
    ));

  it('is asked for a way through where it is https, once for several requests', () =>
    withTls(GOOD, (port, connections) =>
      withProxy('user:secret', (proxy, env) =>
        withHttp(
          async (http) => {
            const address = `https://release.invalid:${port}/x`;
            for (let count = 0; count < 3; count += 1) {
              expect(await textOf(http, address)).toBe('secured');
            }
            expect(proxy.asked).toMatchObject([
              { method: 'CONNECT', target: `release.invalid:${port}` },
            ]);
            expect(connections()).toBe(1);
          },
          { ...TLS, env, readCa },
        ),
      ),
    ));

  it('is trusted with nothing: who answers through it must prove who he is', () =>
    withTls(UNTRUSTED, (port) =>
      withProxy('user:secret', (_proxy, env) =>
        withHttp(
          async (http) => {
            const work = get(http, `https://release.invalid:${port}/`);
            await expectCode(work, 'certificate-refused');
          },
          { ...TLS, env, readCa },
        ),
      ),
    ));

  it.each(['http', 'https'])('that wants another password is named, for %s', (scheme) =>
    withProxy('user:right', (proxy) => {
      const url = `http://user:wrong@127.0.0.1:${proxy.port}`;
      return withHttp(
        async (http) => {
          const error = await expectCode(get(http, `${scheme}://release.invalid/`), 'proxy-failed');
          expect(error.details['status']).toBe(407);
          expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('wrong');
          expect(proxy.asked).toHaveLength(1);
        },
        { source: `${scheme}://release.invalid`, env: { HTTP_PROXY: url, HTTPS_PROXY: url } },
      );
    }),
  );

  it.each(['http', 'https'])('that is not there is named, for %s', (scheme) => {
    const url = 'http://user:secret@127.0.0.1:1';
    return withHttp(
      async (http) => {
        const error = await expectCode(get(http, `${scheme}://release.invalid/`), 'proxy-failed');
        expect(error.details).toEqual({ proxy: 'http://127.0.0.1:1/', reason: 'ECONNREFUSED' });
      },
      { source: `${scheme}://release.invalid`, env: { HTTP_PROXY: url, HTTPS_PROXY: url } },
    );
  });
});

describe('a certificate', () => {
  it('is trusted when the authority of the configuration has signed it', () =>
    withTls(GOOD, (port) =>
      withHttp(
        async (http) => {
          expect(await textOf(http, `https://127.0.0.1:${port}/`)).toBe('secured');
        },
        { ...TLS, readCa },
      ),
    ));

  it('counts by the authorities of the moment, not by those of the first request', () =>
    withTls(GOOD, (port) => {
      let ca = [UNTRUSTED.cert];
      return withHttp(
        async (http) => {
          const address = `https://127.0.0.1:${port}/`;
          await expectCode(get(http, address), 'certificate-refused');
          ca = [AUTHORITY];
          expect(await textOf(http, address)).toBe('secured');
        },
        { ...TLS, readCa: async () => ca },
      );
    }));

  it.each([
    ['of an unknown authority', UNTRUSTED, 'certificate-refused', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['that has expired', EXPIRED, 'certificate-refused', 'CERT_HAS_EXPIRED'],
    ['that is not valid yet', FUTURE, 'clock-wrong', 'CERT_NOT_YET_VALID'],
  ] as const)('%s is refused, with the reason', (_what, identity, code, reason) =>
    withTls(identity, (port) =>
      withHttp(
        async (http) => {
          const error = await expectCode(get(http, `https://127.0.0.1:${port}/`), code);
          expect(error.details['reason']).toBe(reason);
        },
        { ...TLS, readCa },
      ),
    ),
  );

  it('for another name is refused', () =>
    withTls(GOOD, (port) =>
      withProxy('user:secret', (_proxy, env) =>
        withHttp(
          async (http) => {
            const work = get(http, `https://other.invalid:${port}/`);
            const error = await expectCode(work, 'certificate-refused');
            expect(error.details['reason']).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
          },
          { ...TLS, env, readCa },
        ),
      ),
    ));
});

const back = (_request: IncomingMessage, response: ServerResponse) => response.end('back');

describe('a network that comes back', () => {
  it('is used at once: no failure is kept, and no connection that has died', () =>
    withHttp(async (http) => {
      await expectCode(get(http, 'http://release.invalid/'), 'dns-failed');
      const first = createServer(back);
      const port = await listenOn(first, 0);
      const address = `http://127.0.0.1:${port}/`;
      expect(await textOf(http, address)).toBe('back');
      first.closeAllConnections();
      await new Promise((resolve) => first.close(resolve));
      await expectCode(get(http, address), 'offline');
      const second = createServer(back);
      await listenOn(second, port);
      expect(await textOf(http, address)).toBe('back');
      second.closeAllConnections();
      second.close();
    }));

  it('does not stumble over a connection that dies as it is used again', () => {
    const used = new Set<unknown>();
    return withServer(
      ({ socket }, response) => {
        if (used.has(socket)) socket.destroy();
        else response.end('back');
        used.add(socket);
      },
      (url) =>
        withHttp(async (http) => {
          for (const path of ['/once', '/twice', '/again']) {
            expect(await textOf(http, url + path)).toBe('back');
          }
          expect(used.size).toBe(3);
        }),
    );
  });
});
