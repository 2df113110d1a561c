/** The whole of a small document, or a reason; what is sent and refused on the way is tested with http-got. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { UpdateError } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createClock } from '../../src/adapters/clock-system.ts';
import { createGetBytes } from '../../src/adapters/fetch-bytes.ts';
import type { Http, HttpAnswer } from '../../src/adapters/http.ts';
import { never, withHttp, withServer } from './http-server.ts';
import { chunksOf } from './recording-file-system.ts';

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield* chunksOf('half');
  throw new UpdateError('download-failed', 'broke off');
}

const URL = 'http://h/x';

/** Answers in turn, and says which were given back. */
function scene(...bodies: readonly (() => AsyncIterable<Uint8Array>)[]) {
  const discarded: number[] = [];
  let turn = 0;
  const getBytes = createGetBytes({
    clock: createClock(),
    pauses: { keep: async () => undefined, begin: async () => new UpdateError('internal', 'none') },
    answers: { find: async () => undefined, keep: async () => undefined },
    retry: { tries: 2, firstDelayMs: 1, longestDelayMs: 1 },
    open: async (): Promise<HttpAnswer> => {
      const number = (turn += 1);
      const body = (bodies[number - 1] ?? breaking)();
      const discard = () => discarded.push(number);
      return { status: 200, header: () => undefined, redirected: true, from: URL, body, discard };
    },
  });
  const get = () => getBytes(URL, { maxBytes: 10, accept: '*/*', signal: never });
  return { get, discarded };
}

describe('createGetBytes', () => {
  it('gives the second try when the first one breaks off', async () => {
    const { get, discarded } = scene(breaking, () => chunksOf('who', 'le'));
    const document = await get();
    expect(Buffer.from(document.bytes).toString()).toBe('whole');
    expect(document).toMatchObject({ isHtml: false, redirected: true, link: undefined });
    expect(discarded).toEqual([1, 2]);
  });

  it('gives up after the last try, and at once on what no try can change', async () => {
    const broken = scene();
    await expectCode(broken.get(), 'download-failed');
    expect(broken.discarded).toEqual([1, 2]);
    const large = scene(() => chunksOf('12345', '678901'));
    await expectCode(large.get(), 'too-large');
    expect(large.discarded).toEqual([1]);
  });
});

const LIST = 'application/json';
const get = (http: Http, url: string, options: { accept?: string; listing?: string } = {}) =>
  http.getBytes(url, { maxBytes: 1000, accept: LIST, signal: never, ...options });

/** 304 for whoever knows it, as servers do it; `content()` is what it is now. */
const serve =
  (content: () => string, validator: 'etag' | 'last-modified' | undefined): Serve =>
  ({ headers }, response) => {
    const known = headers[validator === 'etag' ? 'if-none-match' : 'if-modified-since'];
    const value = validator === 'etag' ? `W/"${content()}"` : `Thu, 26 Nov 2026 ${content()}`;
    if (validator !== undefined) response.setHeader(validator, value);
    response.setHeader('link', '<x>; rel="next"');
    if (validator !== undefined && known === value) response.writeHead(304).end();
    else response.end(content());
  };

describe('createGetBytes, asking again', () => {
  it.each(['etag', 'last-modified'] as const)(
    'takes the word of a server that nothing has changed, by %s',
    (validator) => {
      let content = 'one';
      return withServer(
        serve(() => content, validator),
        (url, asked) =>
          withHttp(async (http) => {
            const first = await get(http, `${url}/list`);
            expect(await get(http, `${url}/list`)).toEqual(first);
            content = 'two';
            const changed = await get(http, `${url}/list`);
            expect(Buffer.from(changed.bytes).toString()).toBe('two');
            expect(await get(http, `${url}/list`)).toEqual(changed);
            const name = validator === 'etag' ? 'if-none-match' : 'if-modified-since';
            const conditions = asked.map(({ headers }) => headers[name]);
            expect(conditions.map((one) => one?.slice(-5))).toEqual([
              undefined,
              ...['one', 'one', 'two'].map((one) => expect.stringContaining(one) as string),
            ]);
          }),
      );
    },
  );

  it('asks for all of it where the server gives nothing to compare, or forbids to keep it', () =>
    withServer(
      (request, response) => {
        const headers =
          request.url === '/secret' ? { 'cache-control': 'no-store', etag: '"a"' } : {};
        response.writeHead(200, headers).end('one');
      },
      (url, asked) =>
        withHttp(async (http) => {
          for (const path of ['/plain', '/plain', '/secret', '/secret'])
            await get(http, url + path);
          for (const { headers } of asked) expect(headers).not.toHaveProperty('if-none-match');
        }),
    ));

  it('asks for nothing that the same list names, and for all that another one does', () => {
    let content = 'one';
    return withServer(
      serve(() => content, 'etag'),
      (url, asked) =>
        withHttp(async (http) => {
          const text = async (listing: string): Promise<string> =>
            Buffer.from((await get(http, url, { listing })).bytes).toString();
          expect([await text('a'), await text('a')]).toEqual(['one', 'one']);
          expect(asked).toHaveLength(1);
          expect([await text('b'), await text('b')]).toEqual(['one', 'one']);
          expect(asked).toHaveLength(2);
          content = 'two';
          expect([await text('b'), await text('c')]).toEqual(['one', 'two']);
          expect(asked).toHaveLength(3);
        }),
    );
  });

  it('keeps no page of a portal, whatever that calls it', () =>
    withServer(
      (_request, response) => {
        response.writeHead(200, { 'content-type': LIST, etag: '"a"' });
        response.end('\n<!DOCTYPE html><title>Welcome</title>');
      },
      (url, asked) =>
        withHttp(async (http) => {
          await expectCode(get(http, url), 'captive-portal');
          await expectCode(get(http, url), 'captive-portal');
          expect(asked[1]?.headers).not.toHaveProperty('if-none-match');
        }),
    ));

  it('believes no 304 that nobody asked for', () =>
    withServer(
      (_request, response) => response.writeHead(304).end(),
      (url) => withHttp((http) => expectCode(get(http, url), 'source-refused')),
    ));
});

describe('createGetBytes, refused', () => {
  it.each([400, 401, 403, 404, 410, 451])('tries %i never again', (status) =>
    withServer(
      (_request, response) => response.writeHead(status).end(),
      (url, asked) =>
        withHttp(async (http) => {
          await expectCode(get(http, url), 'source-refused');
          expect(asked).toHaveLength(1);
        }),
    ),
  );

  it('leaves a server alone that wants it, for whatever is asked next', () =>
    withServer(
      (_request, response) => response.writeHead(429, { 'retry-after': '3600' }).end(),
      (url, asked) =>
        withHttp(async (http) => {
          await expectCode(get(http, url), 'source-limited');
          const again = await expectCode(get(http, `${url}/other`), 'source-limited');
          expect(again.details).toMatchObject({ url, until: expect.any(String) });
          const part = { offset: 1, length: 2, signal: never };
          await expectCode(http.part(url, part)[Symbol.asyncIterator]().next(), 'source-limited');
          expect(asked).toHaveLength(1);
        }),
    ));
});
