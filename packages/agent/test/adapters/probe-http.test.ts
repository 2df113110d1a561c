/** A running release seen from outside, and each way in which it can be broken. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createProber } from '../../src/adapters/probe-http.ts';
import { never, NOBODY, withServer } from './http-server.ts';

const prober = createProber({ requestTimeoutMs: 60_000 });
const hasty = createProber({ requestTimeoutMs: 300 });
const PAGE = '<link rel=stylesheet href=/a.css><script src="/a.js"></script>';

type Site = Readonly<Record<string, readonly [status: number, type: string, body: string]>>;

const serve = (site: Site) => (request: IncomingMessage, response: ServerResponse) => {
  const [status, type, body] = site[request.url ?? ''] ?? [404, 'text/plain', 'none'];
  response.writeHead(status, { 'content-type': type, location: body }).end(body);
};

const GOOD: Site = {
  '/': [200, 'text/html; charset=utf-8', PAGE],
  '/a.css': [200, 'text/css', 'x'],
  '/a.js': [200, 'text/javascript', 'x'],
  '/api': [200, 'application/json', '{"version":"1.1.0"}'],
  '/old': [302, 'text/plain', '/'],
};

const probe = (
  url: string,
  { assets = false, versionField = '', version = '', by = prober } = {},
) =>
  by.probe({ url, assets, versionField: versionField || undefined }, version || undefined, never);

describe('createProber', () => {
  it('is content with a page whose files load, also after a redirect', () =>
    withServer(serve(GOOD), async (url, asked) => {
      await probe(`${url}/`, { assets: true });
      expect(asked.map((request) => request.url)).toEqual(['/', '/a.css', '/a.js']);
      await probe(`${url}/old`, { assets: true });
    }));

  it.each([
    ['a file is missing', { '/a.js': [404, 'text/plain', ''] }, '/a.js', 'answered 404'],
    [
      'the start page answers in place of a file',
      { '/a.css': [200, 'text/html', PAGE] },
      '/a.css',
      'is a web page, not the file that the page names',
    ],
    ['the page fails', { '/': [502, 'text/html', PAGE] }, '/', 'answered 502'],
    ['the page is none', { '/': [200, 'text/plain', PAGE] }, '/', 'is not a web page'],
  ] as const)('complains when %s', (_name, change, path, reason) =>
    withServer(serve({ ...GOOD, ...change }), async (url) => {
      const error = await expectCode(probe(`${url}/`, { assets: true }), 'probe-failed');
      expect(error.details).toEqual({ url: url + path, reason });
    }),
  );

  it('looks at the version only where there is one to compare', () =>
    withServer(serve(GOOD), async (url) => {
      await probe(`${url}/api`, { versionField: 'version', version: '1.1.0' });
      await probe(`${url}/api`, { versionField: 'version' });
      const asking = { versionField: 'version', version: '1.2.0' };
      const error = await expectCode(probe(`${url}/api`, asking), 'probe-failed');
      expect(error.details['reason']).toBe('version is "1.1.0", not "1.2.0"');
      for (const [path, field] of [
        ['/', 'version'],
        ['/api', 'toString'],
        ['/api', 'other'],
      ] as const) {
        const other = { versionField: field, version: '1.1.0' };
        await expectCode(probe(url + path, other), 'probe-failed');
      }
    }));

  it('says why nothing answers, without the query', () =>
    withServer(
      (request, response) => {
        if (request.url === '/endless') response.writeHead(200).write('x');
        if (request.url === '/large') response.end('x'.repeat(2 * 1024 * 1024 + 1));
        if (request.url === '/rude') request.socket.destroy();
      },
      async (url) => {
        for (const path of ['/silent?secret', '/endless', '/large', '/rude']) {
          const error = await expectCode(probe(url + path, { by: hasty }), 'probe-failed');
          expect(error.details['url']).toBe(url + path.replace('?secret', ''));
          expect(error.details['reason']).toMatch(/\w/);
        }
        const refused = await expectCode(probe(`${NOBODY}/`), 'probe-failed');
        expect(refused.cause).toBeInstanceOf(Error);
      },
    ));

  it('does not wait for ever, whatever is collected meanwhile', () =>
    withServer(
      () => undefined,
      async (url) => {
        setFlagsFromString('--expose-gc');
        const collect = runInNewContext('gc') as () => void;
        const collecting = setInterval(collect, 20);
        try {
          const error = await expectCode(probe(`${url}/`, { by: hasty }), 'probe-failed');
          expect(error.details['reason']).toBe('no answer in time');
        } finally {
          clearInterval(collecting);
        }
      },
    ));

  it('ends with the reason of an abort', () =>
    withServer(
      () => undefined,
      async (url) => {
        const controller = new AbortController();
        const reason = new Error('cancelled');
        const work = prober.probe(
          { url, assets: false, versionField: undefined },
          undefined,
          controller.signal,
        );
        controller.abort(reason);
        await expect(work).rejects.toBe(reason);
      },
    ));
});
