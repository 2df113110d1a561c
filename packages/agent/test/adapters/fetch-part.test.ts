/** Parts of a file over real connections: only ever the bytes that follow, of the very same file. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { startReleaseServer } from '../../../../test/support/release-server.ts';
import { drip, never, QUICK_STALL, withHttp, withServer } from './http-server.ts';

const BYTES = randomBytes(300_000);
const [OFFSET, LENGTH] = [1000, 200_000];
const PART = BYTES.subarray(OFFSET, OFFSET + LENGTH);

/** What the n-th request gets. */
type Answers = readonly ((request: IncomingMessage, response: ServerResponse) => void)[];

/** The part as it should be given, or as it says; `send` bytes of it, and then the connection breaks. */
function partly({
  status = 206,
  etag = '"a"',
  size = '300000',
  send = Infinity,
  range = undefined as string | undefined,
}) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const [, from = '0', to = '0'] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
    const body = BYTES.subarray(Number(from), Number(to) + 1);
    response.writeHead(status, {
      etag,
      'content-length': body.length,
      'content-range': range ?? `bytes ${from}-${to}/${size}`,
    });
    if (send >= body.length) response.end(body);
    else response.write(body.subarray(0, send), () => response.destroy());
  };
}

const busy = (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(503).end();
};
const whole = (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200, { 'content-length': BYTES.length }).end(BYTES);
};
const dripping = (_: IncomingMessage, response: ServerResponse): void => {
  drip(response);
};
/** All of the part, and not the word that it was all. */
const unended = (_: IncomingMessage, response: ServerResponse): void => {
  const headers = { etag: '"a"', 'content-range': 'bytes 1000-200999/300000' };
  response.writeHead(206, headers).write(PART, () => setTimeout(() => response.destroy(), 50));
};
const silent = (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(206, { 'content-range': 'bytes 1000-200999/300000' }).flushHeaders();
};

async function fetchFrom(
  answers: Answers,
  { offset = OFFSET, length = LENGTH } = {},
  pace: Parameters<typeof withHttp>[1] = {},
) {
  let count = 0;
  return withServer(
    (request, response) => {
      const answer = answers[Math.min(count, answers.length - 1)];
      count += 1;
      answer?.(request, response);
    },
    async (url, asked) =>
      withHttp(async (http) => {
        const bytes = await buffer(http.part(`${url}/b`, { offset, length, signal: never }));
        return { bytes, ranges: asked.map(({ headers }) => headers.range) };
      }, pace),
  );
}

describe('a part of a file', () => {
  it('comes from the release server as it was asked for', async () => {
    const server = await startReleaseServer();
    try {
      server.publish({ version: '1.0.0', assets: [{ name: 'b', content: BYTES }] });
      const url = `${server.url}/${server.repository}/releases/download/v1.0.0/b`;
      await withHttp(async (http) => {
        const part = http.part(url, { offset: OFFSET, length: LENGTH, signal: never });
        expect((await buffer(part)).equals(PART)).toBe(true);
      });
    } finally {
      await server.close();
    }
  });

  it('goes on at the byte where a connection broke', async () => {
    const { bytes, ranges } = await fetchFrom([partly({ send: 70_000 }), partly({})]);
    expect(bytes.equals(PART)).toBe(true);
    expect(ranges[0]).toBe('bytes=1000-200999');
    const [, from] = /^bytes=(\d+)-200999$/.exec(ranges[1] ?? '') ?? [];
    expect(Number(from)).toBeGreaterThanOrEqual(1000);
  });

  it('has all when a connection breaks behind the last byte, and asks for nothing more', async () => {
    const { bytes, ranges } = await fetchFrom([unended, whole]);
    expect(bytes.equals(PART)).toBe(true);
    expect(ranges).toHaveLength(1);
  });

  it('waits and asks again where the server is busy', async () => {
    expect((await fetchFrom([busy, partly({})])).bytes.equals(PART)).toBe(true);
    await expectCode(fetchFrom([busy]), 'source-refused');
  });

  it('takes the whole for a part that is the whole', async () => {
    const { bytes } = await fetchFrom([whole], { offset: 0, length: BYTES.length });
    expect(bytes.equals(BYTES)).toBe(true);
    await expectCode(fetchFrom([whole]), 'source-invalid');
  });

  it.each<[string, Answers]>([
    ['another part', [partly({ range: 'bytes 0-199999/300000' })]],
    ['a shorter part', [partly({ range: 'bytes 1000-1999/300000' })]],
    ['a part of nothing', [partly({ range: '' })]],
    ['a part of another file, midway', [partly({ send: 70_000 }), partly({ etag: '"b"' })]],
    ['a part of a file of another size, midway', [partly({ send: 70_000 }), partly({ size: '1' })]],
    ['no parts', [(_, response) => response.writeHead(416).end()]],
    [
      'more than was asked for',
      [
        (_, response) => {
          response.writeHead(206, { 'content-range': 'bytes 1000-200999/300000' }).end(BYTES);
        },
      ],
    ],
  ])('is refused when the server gives %s', async (_what, answers) => {
    await expectCode(fetchFrom(answers), 'source-invalid');
  });

  it('is refused when a web page comes in its place', async () => {
    const page = { 'content-type': 'text/html' };
    const answers: Answers = [(_, response) => response.writeHead(206, page).end('<html>')];
    await expectCode(fetchFrom(answers), 'captive-portal');
  });

  it('is not there', async () => {
    await expectCode(
      fetchFrom([(_, response) => response.writeHead(404).end()]),
      'no-such-release',
    );
    await expectCode(fetchFrom([(_, response) => response.writeHead(403).end()]), 'source-refused');
  });

  it('is given up when connections break for ever without progress, or nobody answers', async () => {
    await expectCode(fetchFrom([(request) => request.socket.destroy()]), 'offline');
    await expectCode(fetchFrom([dripping]), 'source-invalid');
    await expectCode(fetchFrom([silent], {}, QUICK_STALL), 'download-failed');
  });

  it('ends when it is aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    await withServer(partly({ send: 10 }), async (url) => {
      await withHttp(async (http) => {
        const part = http.part(`${url}/b`, { offset: 0, length: 100, signal: controller.signal });
        controller.abort(reason);
        await expect(buffer(part)).rejects.toBe(reason);
      });
    });
  });
});
