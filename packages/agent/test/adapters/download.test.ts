/** Large files over bad connections: nothing is fetched twice without need, and no two files are glued together. */
import { randomBytes } from 'node:crypto';
import { readFile, readdir, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { startReleaseServer, type ReleaseServer } from '../../../../test/support/release-server.ts';
import type { Http } from '../../src/adapters/http.ts';
import type { Disk } from '../../src/ports.ts';
import { drip, never, NOBODY, QUICK_STALL, withHttp, withServer } from './http-server.ts';

const BYTES = randomBytes(300_000);
const TO = '/var/tmp/u/bundle.tar.gz';
const PLENTY = 1_000_000;

interface Scene {
  readonly server: ReleaseServer;
  readonly http: Http;
  readonly disk: Disk;
  readonly url: string;
  readonly host: string;
  /** Downloads, checks the content, returns the bytes that crossed the wire. */
  readonly fetchWhole: () => Promise<number>;
  readonly fetch: (maxBytes?: number, onBytes?: (done: number) => void) => Promise<number>;
}

async function scene(
  work: (scene: Scene) => Promise<void>,
  patience?: Parameters<typeof withHttp>[1],
): Promise<void> {
  const server = await startReleaseServer();
  server.publish({ version: '1.0.0', assets: [{ name: 'b.tar.gz', content: BYTES }] });
  const url = `${server.url}/${server.repository}/releases/download/v1.0.0/b.tar.gz`;
  try {
    await withHttp(async (http, disk, root) => {
      const host = root + TO;
      const fetch: Scene['fetch'] = (maxBytes = PLENTY, onBytes = () => undefined) =>
        http.download(url, { to: TO, maxBytes, expectedBytes: undefined, signal: never, onBytes });
      const fetchWhole = async (): Promise<number> => {
        const wire = await fetch();
        expect((await readFile(host)).equals(BYTES)).toBe(true);
        return wire;
      };
      await work({ server, http, disk, url, host, fetch, fetchWhole });
    }, patience);
  } finally {
    await server.close();
  }
}

const ranges = ({ requests }: ReleaseServer) => requests.map(({ range }) => range);

describe('createDownload', () => {
  it('puts the whole file under its name and tells the progress', () =>
    scene(async ({ fetch, host, disk }) => {
      const seen: number[] = [];
      expect(await fetch(PLENTY, (done) => seen.push(done))).toBe(BYTES.length);
      expect((await readFile(host)).equals(BYTES)).toBe(true);
      expect(seen[0]).toBe(0);
      expect(seen.at(-1)).toBe(BYTES.length);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(await disk.list(dirname(TO))).toEqual(['bundle.tar.gz', 'bundle.tar.gz.resume.json']);
    }));

  it('goes on where the connection broke, as often as it breaks', () =>
    scene(async ({ server, fetchWhole }) => {
      server.fault({ cutAfterBytes: 40_000, times: 7 });
      expect(await fetchWhole()).toBe(BYTES.length);
      expect(ranges(server)).toEqual([
        undefined,
        ...[1, 2, 3, 4, 5, 6, 7].map((n) => `bytes=${n * 40_000}-`),
      ]);
    }));

  it('goes on after a silence', () =>
    scene(async ({ server, fetchWhole }) => {
      server.fault({ stall: 100_000, times: 1 });
      expect(await fetchWhole()).toBe(BYTES.length);
      expect(ranges(server)).toEqual([undefined, 'bytes=100000-']);
    }, QUICK_STALL));

  it('begins anew when the server ignores Range', () =>
    scene(async ({ server, fetchWhole }) => {
      server.fault({ cutAfterBytes: 50_000, times: 1 });
      server.fault({ ignoreRange: true });
      expect(await fetchWhole()).toBe(BYTES.length + 50_000);
    }));

  it('begins anew when the file was replaced meanwhile, though Gitea ignores If-Range', () =>
    scene(async ({ server, fetchWhole }) => {
      server.fault({ cutAfterBytes: 50_000, changeEtag: true, times: 1 });
      expect(await fetchWhole()).toBeGreaterThan(BYTES.length);
      expect(ranges(server)).toEqual([undefined, 'bytes=50000-', undefined]);
    }));

  it('begins anew when the file has become shorter than what is kept', () =>
    scene(async ({ server, url, fetchWhole, disk }) => {
      await disk.write(`${TO}.part`, randomBytes(400_000), 0o600);
      const record = { url, etag: '"old"', size: null };
      await disk.write(`${TO}.resume.json`, JSON.stringify(record), 0o600);
      await fetchWhole();
      expect(ranges(server)[0]).toBe('bytes=400000-');
      expect(ranges(server)[1]).toBeUndefined();
    }));

  it('is not misled by a server that labels the file as gzip-encoded', () =>
    scene(async ({ server, fetchWhole }) => {
      server.fault({ gzipLabel: true });
      expect(await fetchWhole()).toBe(BYTES.length);
    }));

  it('says download-failed when it never gets any further, and keeps what it has', () =>
    scene(async ({ server, fetch, fetchWhole, host }) => {
      server.fault({ cutAfterBytes: 60_000, times: 1 });
      const end = server.fault({ stall: 0 });
      await expectCode(fetch(), 'download-failed');
      end();
      expect((await readFile(`${host}.part`)).length).toBe(60_000);
      expect(await fetchWhole()).toBe(BYTES.length - 60_000);
    }, QUICK_STALL));

  it('fetches nothing that lies there already, whole or only not yet under its name', () =>
    scene(async ({ server, fetchWhole, disk }) => {
      await fetchWhole();
      expect(await fetchWhole()).toBe(0);
      await disk.rename(TO, `${TO}.part`);
      expect(await fetchWhole()).toBe(0);
      expect(server.requests).toHaveLength(1);
    }));

  it('does not take over a file of another address or with a torn record', () =>
    scene(async ({ fetchWhole, host }) => {
      await mkdir(dirname(host), { recursive: true });
      await writeFile(`${host}.part`, 'of something else');
      await writeFile(
        `${host}.resume.json`,
        '{"url":"http://other/","etag":"\\"a\\"","size":null}',
      );
      expect(await fetchWhole()).toBe(BYTES.length);
      await writeFile(`${host}.resume.json`, '{"url"');
      expect(await fetchWhole()).toBe(BYTES.length);
    }));
});

const fetchFrom = (http: Http, url: string, signal: AbortSignal) =>
  http.download(`${url}/b`, {
    to: TO,
    maxBytes: PLENTY,
    expectedBytes: undefined,
    signal,
    onBytes: () => undefined,
  });

const SLOW = { leastRate: { bytes: 1000, withinMs: 400 } };

describe('createDownload, from a server that drips', () => {
  it('gives up after the tries, although each brings some bytes, and keeps them', () =>
    withServer(
      (_request, response) => drip(response),
      (url, asked) =>
        withHttp(async (http, _disk, root) => {
          const error = await expectCode(fetchFrom(http, url, never), 'download-failed');
          expect(error.details).toEqual({ url: `${url}/b`, reason: 'too slow' });
          expect(asked).toHaveLength(4);
          expect((await readFile(`${root}${TO}.part`)).length).toBeGreaterThan(0);
        }, SLOW),
    ));

  it('hears a cancel all the time', () =>
    withServer(
      (_request, response) => drip(response),
      (url) =>
        withHttp(async (http) => {
          const reason = new Error('cancelled');
          const controller = new AbortController();
          setTimeout(() => controller.abort(reason), 200);
          await expect(fetchFrom(http, url, controller.signal)).rejects.toBe(reason);
        }),
    ));
});

describe('createDownload, refusals', () => {
  it('refuses a file that is too large before or while it arrives', () =>
    scene(async ({ fetch, server }) => {
      const error = await expectCode(fetch(299_999), 'too-large');
      expect(error.details['limit']).toBe(299_999);
      expect(server.requests[0]?.bytes).toBeLessThan(BYTES.length + 1);
      await withServer(
        (_request, response) => {
          response.writeHead(200);
          for (let count = 0; count < 20; count += 1) response.write(BYTES);
        },
        (url) =>
          withHttp(async (http, _disk, root) => {
            await expectCode(
              http.download(url, {
                to: '/x',
                maxBytes: PLENTY,
                expectedBytes: undefined,
                signal: never,
                onBytes: () => undefined,
              }),
              'too-large',
            );
            expect((await readFile(join(root, 'x.part'))).length).toBeLessThanOrEqual(PLENTY);
          }),
      );
    }));

  it.each([
    [404, 'no-such-release', 1],
    [403, 'source-refused', 1],
    [429, 'source-limited', 4],
    [500, 'source-refused', 4],
  ] as const)('answers %i with %s after %i tries', (status, code, tries) =>
    scene(async ({ server, fetch }) => {
      server.fault({ status });
      expect((await expectCode(fetch(), code)).details['status']).toBe(status);
      expect(server.requests).toHaveLength(tries);
    }),
  );

  it('refuses a web page in place of the file', () =>
    scene(async ({ server, fetch, disk }) => {
      server.fault({ html: true });
      await expectCode(fetch(), 'captive-portal');
      expect(await disk.list(dirname(TO))).toEqual([]);
    }));

  it('takes a redirect to a page to sign in for a refusal', () =>
    withServer(
      (request, response) => {
        if (request.url === '/user/login') response.setHeader('content-type', 'text/html').end('x');
        else response.writeHead(303, { location: '/user/login' }).end();
      },
      (url) =>
        withHttp(async (http) => {
          const options = { to: '/x', maxBytes: 10, expectedBytes: undefined, signal: never };
          const work = http.download(`${url}/b`, { ...options, onBytes: () => undefined });
          await expectCode(work, 'source-refused');
        }),
    ));

  it('says offline when nothing answers at all', () =>
    withHttp(async (http, _disk, root) => {
      await expectCode(
        http.download(`${NOBODY}/b`, {
          to: '/x',
          maxBytes: 10,
          expectedBytes: undefined,
          signal: never,
          onBytes: () => undefined,
        }),
        'offline',
      );
      expect(await readdir(root)).toEqual([]);
    }));

  it('keeps what has arrived when it is aborted, and ends with the reason', () =>
    scene(async ({ server, http, url, host, fetchWhole }) => {
      const slow = server.fault({ slowBytesPerSecond: 400_000 });
      const controller = new AbortController();
      const reason = new Error('cancelled');
      const work = http.download(url, {
        to: TO,
        maxBytes: PLENTY,
        expectedBytes: undefined,
        signal: controller.signal,
        onBytes: (done) => {
          if (done > 50_000) controller.abort(reason);
        },
      });
      await expect(work).rejects.toBe(reason);
      slow();
      const kept = (await readFile(`${host}.part`)).length;
      expect(kept).toBeGreaterThan(50_000);
      expect(await fetchWhole()).toBe(BYTES.length - kept);
    }));
});
