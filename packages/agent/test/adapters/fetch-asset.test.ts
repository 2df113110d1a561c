/** What a server answers in the place of a small file. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { fetchAsset, invalid } from '../../src/adapters/fetch-asset.ts';
import { aVersion } from '../support/a-manifest.ts';
import { never, withHttp, withServer } from './http-server.ts';

const HTML = { 'content-type': 'text/html; charset=utf-8' };

describe('fetchAsset', () => {
  it('asks for the bytes, and tells a page, a sign-in and an absence apart', () =>
    withServer(
      (request, response) => {
        if (request.url === '/page') response.writeHead(200, HTML).end('<html>');
        else if (request.url === '/private') response.writeHead(302, { location: '/page' }).end();
        else if (request.url === '/gone') response.writeHead(404).end();
        else response.end(request.headers.accept);
      },
      (url) =>
        withHttp(async (http) => {
          const fetch = async (path: string, maxBytes = 100) => {
            const wanted = {
              version: aVersion('1.0.0'),
              name: 'x',
              address: url + path,
              maxBytes,
              listing: undefined,
            };
            return Buffer.from(await fetchAsset(http, wanted, never)).toString();
          };
          expect(await fetch('/file')).toBe('application/octet-stream');
          await expectCode(fetch('/page'), 'captive-portal');
          await expectCode(fetch('/private'), 'source-refused');
          expect((await expectCode(fetch('/gone'), 'no-such-release')).details).toEqual({
            version: '1.0.0',
          });
          await expectCode(fetch('/file', 5), 'too-large');
        }),
    ));
});

describe('invalid', () => {
  it('says where and why', async () => {
    const { details } = await expectCode(() => {
      throw invalid('https://h/x', 'no index');
    }, 'source-invalid');
    expect(details).toEqual({ url: 'https://h/x', reason: 'no index' });
  });
});
