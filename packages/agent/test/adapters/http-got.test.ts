/** got behind our rules, against real sockets: what is sent, what is followed, what the failures become. */
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { listenOn } from '../../../../test/support/listen-on.ts';
import type { Http } from '../../src/adapters/http.ts';
import { drip, never, NOBODY, QUICK_STALL, withHttp, withServer } from './http-server.ts';
import { UNTRUSTED } from './untrusted-certificate.ts';

const get = (http: Http, url: string, maxBytes = 1000) =>
  http.getBytes(url, { maxBytes, accept: 'application/json', signal: never });

describe('createHttp, asking', () => {
  it('sends what it is, asks for no encoding, and gives back bytes as they came', () =>
    withServer(
      (_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip', link: '<x>; rel="next"' });
        response.end(gzipSync('hello'));
      },
      (url, asked) =>
        withHttp(async (http) => {
          const document = await get(http, `${url}/x`);
          expect(Buffer.from(document.bytes).equals(gzipSync('hello'))).toBe(true);
          expect(document).toMatchObject({
            isHtml: false,
            redirected: false,
            link: '<x>; rel="next"',
          });
          expect(asked[0]?.headers).toMatchObject({
            'user-agent': 'pikit-test',
            'accept-encoding': 'identity',
            accept: 'application/json',
          });
        }),
    ));

  it('stops at the limit', () =>
    withServer(
      (_request, response) => response.end('x'.repeat(1001)),
      (url) =>
        withHttp(async (http) => {
          const error = await expectCode(get(http, `${url}/x?token=secret`), 'too-large');
          expect(error.details).toEqual({ url: `${url}/x`, limit: 1000 });
        }),
    ));

  it('refuses plain http, sockets and other schemes unless the source itself is http', () =>
    withHttp(
      async (http) => {
        for (const url of ['http://127.0.0.1/x', 'ftp://a/x', 'file:///etc/passwd', 'nonsense']) {
          await expectCode(get(http, url), 'source-invalid');
        }
        await expectCode(get(http, 'https://unix/run/docker.sock:/x'), 'source-invalid');
      },
      { source: 'https://git.example.org' },
    ));
});

describe('createHttp, redirects', () => {
  it('follows up to five, and says so', () =>
    withServer(
      (request, response) => {
        const left = Number(request.url?.slice(1));
        if (left === 0) response.end('here');
        else response.writeHead(302, { location: `/${left - 1}` }).end();
      },
      (url) =>
        withHttp(async (http) => {
          expect((await get(http, `${url}/5`)).redirected).toBe(true);
          await expectCode(get(http, `${url}/6`), 'source-invalid');
        }),
    ));

  it('follows none to a socket or to nowhere', () =>
    withServer(
      (request, response) => {
        const location = { '/socket': 'http://unix:/run/docker.sock:/x', '/file': 'file:///etc/x' };
        const to = Reflect.get(location, request.url ?? '') as string | undefined;
        response.writeHead(302, to === undefined ? {} : { location: to }).end();
      },
      (url) =>
        withHttp(async (http) => {
          for (const path of ['/socket', '/file', '/nowhere']) {
            await expectCode(get(http, url + path), 'source-invalid');
          }
        }),
    ));
});

describe('createHttp, failures', () => {
  it('says offline when nothing listens, when no name is found and when nothing is said', () =>
    withHttp(async (http) => {
      const error = await expectCode(get(http, `${NOBODY}/x?token=secret`), 'offline');
      expect(error.details).toEqual({ url: `${NOBODY}/x`, reason: 'ECONNREFUSED' });
      await expectCode(get(http, 'http://name.invalid/'), 'dns-failed');
      await withServer(
        () => undefined,
        (silent) => expectCode(get(http, silent), 'offline'),
      );
      await withServer(
        (request) => request.socket.destroy(),
        (rude) => expectCode(get(http, rude), 'offline'),
      );
    }, QUICK_STALL));

  it('says source-invalid when what answers is not a web server', () =>
    withHttp(async (http) => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.end('SSH-2.0-OpenSSH_9.2\r\n');
      });
      const port = await listenOn(server, 0);
      try {
        await expectCode(get(http, `http://127.0.0.1:${port}/`), 'source-invalid');
        await expectCode(get(http, `https://127.0.0.1:${port}/`), 'source-invalid');
      } finally {
        server.close();
      }
    }));

  it('tries a broken or stalled document again, and then says download-failed', () =>
    withServer(
      (request, response) => {
        response.writeHead(200, { 'content-length': 10 }).write('half!', () => {
          if (request.url === '/cut') response.destroy();
        });
      },
      (url, asked) =>
        withHttp(async (http) => {
          await expectCode(get(http, `${url}/cut`), 'download-failed');
          await expectCode(get(http, `${url}/stall`), 'download-failed');
          expect(asked.map((request) => request.url)).toEqual(['/cut', '/cut', '/stall', '/stall']);
        }, QUICK_STALL),
    ));

  it('ends a document that drips when the time of whoever asks is over', () =>
    withServer(
      (_request, response) => drip(response),
      (url) =>
        withHttp(async (http) => {
          const signal = AbortSignal.timeout(300);
          const work = http.getBytes(url, { maxBytes: 100_000, accept: '*/*', signal });
          await expect(work).rejects.toMatchObject({ name: 'TimeoutError' });
        }),
    ));

  it('tries 503 again and tells any other status at once', () =>
    withServer(
      (request, response) => response.writeHead(Number(request.url?.slice(1))).end(),
      (url, asked) =>
        withHttp(async (http) => {
          for (const status of [503, 403, 404, 204, 304]) {
            const error = await expectCode(get(http, `${url}/${status}`), 'source-refused');
            expect(error.details).toEqual({ url: `${url}/${status}`, status });
          }
          expect(asked).toHaveLength(6);
        }),
    ));

  it('waits as long as the server asks, but not for ever', () =>
    withServer(
      (request, response) =>
        response.writeHead(429, { 'retry-after': request.url === '/soon' ? '1' : '3600' }).end(),
      (url, asked) =>
        withHttp(async (http) => {
          const begin = performance.now();
          await expectCode(get(http, `${url}/soon`), 'source-limited');
          expect(performance.now() - begin).toBeGreaterThan(990);
          await expectCode(get(http, `${url}/late`), 'source-limited');
          expect(asked).toHaveLength(3);
        }),
    ));

  it('ends at once with the reason of an abort', () =>
    withServer(
      (_request, response) => response.writeHead(200).write('x'),
      (url) =>
        withHttp(async (http) => {
          const controller = new AbortController();
          const reason = new Error('cancelled');
          const work = http.getBytes(url, {
            maxBytes: 10,
            accept: '*/*',
            signal: controller.signal,
          });
          setTimeout(() => controller.abort(reason), 50);
          await expect(work).rejects.toBe(reason);
          const late = http.getBytes(url, {
            maxBytes: 10,
            accept: '*/*',
            signal: controller.signal,
          });
          await expect(late).rejects.toBe(reason);
        }),
    ));

  it('does not trust a certificate that nobody vouches for', async () => {
    const server = createTlsServer(UNTRUSTED, (_request, response) => response.end('{}'));
    const port = await listenOn(server, 0);
    try {
      await withHttp(
        async (http) => {
          const work = get(http, `https://127.0.0.1:${port}/`);
          const error = await expectCode(work, 'certificate-refused');
          expect(error.details['reason']).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
        },
        { source: 'https://git.example.org' },
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
