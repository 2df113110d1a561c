/** The one place that speaks HTTP: who sees the token, what is bounded, what becomes of answers that are none. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { listenOn } from '../../../../test/support/listen-on.ts';
import { createHttp, type Http } from '../../src/publish/http.ts';
import { digestOf } from '../../src/publish/release-files.ts';

const TOKEN = 'a-very-secret-token';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answer: Answer;
let urls: readonly string[];
let seen: IncomingMessage['headers'][];
let bodies: string[];
let close: () => Promise<void>;
let http: Http;
/** With this patience. */
let withStall: (stallMs: number) => Http;

async function serve(): Promise<readonly [string, () => Promise<void>]> {
  const server = createServer((request, response) => {
    seen.push(request.headers);
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => bodies.push(body));
    answer(request, response);
  });
  const port = await listenOn(server, 0);
  return [
    `http://127.0.0.1:${String(port)}`,
    () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  ];
}

beforeEach(async () => {
  [seen, bodies] = [[], []];
  answer = (_request, response) => response.end('{"a":1}');
  const servers = await Promise.all([serve(), serve()]);
  urls = servers.map(([url]) => url);
  close = async () => {
    for (const [, end] of servers) await end();
  };
  const origins = urls.slice(0, 1);
  withStall = (stallMs) =>
    createHttp({ token: TOKEN, authorization: `token ${TOKEN}`, origins, stallMs });
  http = withStall(60_000);
});
afterEach(() => close());

const get = (path = '', which = 0) =>
  http.call({ method: 'GET', url: `${urls[which] ?? ''}/${path}` });
const download = (maxBytes = 1000) =>
  digestOf(http.download({ method: 'GET', url: `${urls[0] ?? ''}/x` }, maxBytes));

const body = {
  bytes: 3,
  type: 'text/x',
  async *pieces() {
    yield Buffer.from('ab');
    yield Buffer.from('c');
  },
};

describe('call', () => {
  it('sends the token to its origin and to no other', async () => {
    expect((await get()).document).toEqual({ a: 1 });
    await get('', 1);
    expect(seen.map(({ authorization }) => authorization)).toEqual([`token ${TOKEN}`, undefined]);
  });

  it('sends a stream with its length, and not in chunks', async () => {
    answer = (request, response) => request.on('end', () => response.end('{}'));
    await http.call({ method: 'POST', url: urls[0] ?? '', body });
    expect(seen[0]).toMatchObject({ 'content-length': '3', 'content-type': 'text/x' });
    expect(seen[0]?.['transfer-encoding']).toBeUndefined();
    expect(bodies).toEqual(['abc']);
  });

  it('tells status and words of a refusal, and hides the token in them', async () => {
    answer = (_request, response) => {
      response.writeHead(422).end(JSON.stringify({ message: `bad ${TOKEN} here` }));
    };
    const error = await expectCode(get(), 'source-refused');
    expect(error.details).toMatchObject({ status: 422, reason: 'bad *** here' });
  });

  it.each([401, 413])('tells a refusal with %i of a stream, too', async (status) => {
    answer = (request, response) => {
      request.on('end', () => response.writeHead(status).end());
    };
    const call = http.call({ method: 'POST', url: urls[0] ?? '', body });
    expect((await expectCode(call, 'source-refused')).details['status']).toBe(status);
  });

  it('follows no redirect', async () => {
    answer = (_request, response) => response.writeHead(302, { location: urls[1] ?? '' }).end();
    expect((await expectCode(get(), 'source-refused')).details['status']).toBe(302);
    expect(seen).toHaveLength(1);
  });

  it('refuses HTML, and an answer without an end', async () => {
    answer = (_request, response) => response.end('<html>');
    await expectCode(get(), 'source-invalid');
    answer = (_request, response) => {
      response.end(Buffer.alloc(5 * 1024 * 1024, ' '));
    };
    await expectCode(get(), 'too-large');
  });

  it('gives up on silence, before the answer and within it', async () => {
    http = withStall(1_500);
    answer = () => undefined;
    await expectCode(get(), 'offline');
    answer = (_request, response) => response.write('{');
    await expectCode(get(), 'download-failed');
  });

  it('bears a slow answer that gets on', async () => {
    http = withStall(2_500);
    answer = (_request, response) => {
      let left = 8;
      const timer = setInterval(() => {
        response.write(' ');
        if ((left -= 1) > 0) return;
        clearInterval(timer);
        response.end('{}');
      }, 400);
    };
    expect((await get()).document).toEqual({});
  });

  it('says offline where nobody listens, and asks no other machine over http', async () => {
    await close();
    await expectCode(get(), 'offline');
    await expectCode(http.call({ method: 'GET', url: 'http://192.0.2.1/' }), 'source-invalid');
  });
});

describe('download', () => {
  it('follows a redirect without the token', async () => {
    answer = (request, response) => {
      if (request.url === '/x') response.writeHead(302, { location: `${urls[1] ?? ''}/y` }).end();
      else response.end('abc');
    };
    expect(await download()).toMatch(/^ba7816bf/);
    expect(seen.map(({ authorization }) => authorization)).toEqual([`token ${TOKEN}`, undefined]);
  });

  it.each(['/user/login', '/user/login?redirect_to=%2Fo%2Fr'])(
    'takes the page to sign in for a refusal, by way of %s',
    async (location) => {
      answer = (request, response) => {
        if (request.url === '/x') response.writeHead(303, { location }).end();
        else response.end('<html>');
      };
      expect((await expectCode(download(), 'source-refused')).details['status']).toBe(401);
    },
  );

  it('ends a circle', async () => {
    answer = (_request, response) => response.writeHead(302, { location: '/x' }).end();
    await expectCode(download(), 'source-invalid');
    expect(seen).toHaveLength(6);
  });

  it('takes no more than was announced', async () => {
    answer = (_request, response) => response.end('abcd');
    await expectCode(download(3), 'too-large');
  });

  it('says download-failed for half a file', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('abc', () => response.destroy());
    };
    await expectCode(download(), 'download-failed');
  });

  it('takes bytes as they are, whatever the server calls them', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('abc');
    };
    expect(await download()).toMatch(/^ba7816bf/);
    expect(seen[0]?.['accept-encoding']).toBe('identity');
  });
});
