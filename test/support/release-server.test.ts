/** The release server must be Gitea's equal where the agent relies on it, and break on demand exactly as asked. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLatch } from './latch.ts';
import { startReleaseServer, type ReleaseServer } from './release-server.ts';
import { makeTempDir, type TempDir } from './temp-dir.ts';
import { waitFor } from './wait-for.ts';

const BYTES = randomBytes(300_000);
const NAME = 'pikit-1.1.0.tar.gz';
const LIST = '/api/v1/repos/44r0n7/pi-kit/releases';
const DOWNLOAD = `/44r0n7/pi-kit/releases/download/v1.1.0/${NAME}`;

let server: ReleaseServer;
let temp: TempDir;

beforeEach(async () => {
  server = await startReleaseServer();
  temp = await makeTempDir();
  const content = join(temp.path, NAME);
  await writeFile(content, BYTES);
  server.publish({ version: '1.1.0', notes: 'New card', assets: [{ name: NAME, content }] });
});
afterEach(async () => {
  await server.close();
  await temp.remove();
});

const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { headers });
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
const signal = () => AbortSignal.timeout(200);
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const versionsOf = async (response: Response) =>
  ((await response.json()) as { name: string }[]).map(({ name }) => name);

describe('the list of releases', () => {
  it('shows a release with the fields of the Gitea API', async () => {
    const [release] = (await (await ask(LIST)).json()) as Record<string, unknown>[];
    expect(release).toMatchObject({
      tag_name: 'v1.1.0',
      name: '1.1.0',
      body: 'New card',
      html_url: `${server.url}/44r0n7/pi-kit/releases/tag/v1.1.0`,
      draft: false,
      prerelease: false,
      assets: [{ name: NAME, size: BYTES.length, browser_download_url: server.url + DOWNLOAD }],
    });
  });

  it('comes in pages with Link and X-Total-Count', async () => {
    for (const version of ['1.0.0', '1.2.0-beta.1']) server.publish({ version, assets: [] });
    const first = await ask(`${LIST}?page=1&limit=2`);
    expect(first.headers.get('x-total-count')).toBe('3');
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(await versionsOf(first)).toEqual(['1.2.0-beta.1', '1.0.0']);
    const second = await fetch(next);
    expect(await versionsOf(second)).toEqual(['1.1.0']);
    expect(second.headers.get('link')).not.toContain('rel="next"');
  });

  it('filters drafts and pre-releases when asked', async () => {
    server.publish({ version: '1.2.0', draft: true, assets: [] });
    server.publish({ version: '1.3.0-rc.1', assets: [] });
    expect(await versionsOf(await ask(LIST))).toHaveLength(3);
    const filtered = await ask(`${LIST}?draft=false&pre-release=false`);
    expect(await versionsOf(filtered)).toEqual(['1.1.0']);
  });

  it('calls the newest release latest, not the highest', async () => {
    server.publish({ version: '1.0.9', createdAt: '2999-01-01T00:00:00Z', assets: [] });
    expect(await (await ask(`${LIST}/latest`)).json()).toMatchObject({ name: '1.0.9' });
  });

  it('answers 404 for an unknown tag and for a withdrawn release', async () => {
    expect((await ask(`${LIST}/tags/v9.9.9`)).status).toBe(404);
    expect((await ask(`${LIST}/tags/v1.1.0`)).status).toBe(200);
    server.withdraw('1.1.0');
    expect((await ask(`${LIST}/tags/v1.1.0`)).status).toBe(404);
    expect((await ask(DOWNLOAD)).status).toBe(404);
  });

  it('gives assets of the same name an address by uuid', async () => {
    const twin = { name: 'x.tar.gz', content: Buffer.from('one') };
    server.publish({ version: '2.0.0', assets: [twin, { ...twin, content: Buffer.from('two') }] });
    const release = (await (await ask(`${LIST}/tags/v2.0.0`)).json()) as {
      assets: { browser_download_url: string }[];
    };
    const bodies = release.assets.map(async ({ browser_download_url: address }) =>
      (await fetch(address)).text(),
    );
    expect(await Promise.all(bodies)).toEqual(['one', 'two']);
  });
});

describe('a download', () => {
  it('delivers the bytes and writes down what it did', async () => {
    expect((await bytesOf(await ask(DOWNLOAD))).equals(BYTES)).toBe(true);
    const done = await waitFor('the record', () =>
      server.requests.find(({ status }) => status > 0),
    );
    expect(done).toMatchObject({ method: 'GET', path: DOWNLOAD, status: 200, bytes: 300_000 });
  });

  it('is held in its middle for as long as a test wants', async () => {
    const latch = createLatch();
    server.fault({ path: /tar\.gz$/, heldUntil: latch.opened });
    const body = (await ask(DOWNLOAD)).body?.getReader();
    let got = 0;
    while (got < 150_000) got += (await body?.read())?.value?.length ?? Infinity;
    expect(got).toBe(150_000);
    latch.open();
    for (let piece = await body?.read(); piece?.value; piece = await body?.read()) {
      got += piece.value.length;
    }
    expect(got).toBe(300_000);
  });

  it('answers a single range with 206, and ignores If-Range', async () => {
    const response = await ask(DOWNLOAD, { range: 'bytes=299990-', 'if-range': '"another"' });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe('bytes 299990-299999/300000');
    expect((await bytesOf(response)).equals(BYTES.subarray(299_990))).toBe(true);
  });

  it('answers a range beyond the end with 416, text and no Content-Range', async () => {
    const response = await ask(DOWNLOAD, { range: 'bytes=300000-' });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBeNull();
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  it('answers 304 to the ETag that it gave', async () => {
    const etag = (await ask(DOWNLOAD)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-f-]{36}"$/);
    expect((await ask(DOWNLOAD, { 'if-none-match': etag })).status).toBe(304);
  });
});

describe('a fault', () => {
  it('hits only the matching path and only so often', async () => {
    server.fault({ path: /\.tar\.gz$/, times: 1, status: 503 });
    expect((await ask(LIST)).status).toBe(200);
    expect((await ask(DOWNLOAD)).status).toBe(503);
    expect((await ask(DOWNLOAD)).status).toBe(200);
  });

  it('can be a captive portal', async () => {
    server.fault({ html: true });
    const response = await ask(LIST);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  });

  it('can cut the connection after so many bytes', async () => {
    server.fault({ times: 1, cutAfterBytes: 70_000 });
    const response = await ask(DOWNLOAD);
    expect(response.headers.get('content-length')).toBe('300000');
    expect(await failureOf(response.arrayBuffer())).toBe('TypeError');
    await waitFor('the record', () => server.requests[0]?.bytes === 70_000);
  });

  it('can ignore Range, shorten the file, mislabel it and change its ETag', async () => {
    const clear = server.fault({ ignoreRange: true, truncateLength: 1000 });
    const whole = await ask(DOWNLOAD, { range: 'bytes=10-' });
    expect([whole.status, (await bytesOf(whole)).length]).toEqual([200, 1000]);
    clear();
    const before = (await ask(DOWNLOAD)).headers.get('etag');
    server.fault({ changeEtag: true, gzipLabel: true });
    const after = await fetch(server.url + DOWNLOAD, { method: 'HEAD' });
    expect(after.headers.get('etag')).not.toBe(before);
    expect(after.headers.get('content-encoding')).toBe('gzip');
  });

  it('can fall silent before the answer or in the middle of it', async () => {
    const clear = server.fault({ stall: true });
    expect(await failureOf(fetch(server.url + LIST, { signal: signal() }))).toBe('TimeoutError');
    clear();
    server.fault({ stall: 5000 });
    const patience = new AbortController();
    const response = await fetch(server.url + DOWNLOAD, { signal: patience.signal });
    expect(response.status).toBe(200);
    setTimeout(() => patience.abort(), 200);
    expect(await failureOf(response.arrayBuffer())).toBe('AbortError');
    await waitFor('the record', () => server.requests[1]?.bytes === 5000);
  });

  it('can send slowly', async () => {
    server.fault({ slowBytesPerSecond: 1_000_000 });
    const started = performance.now();
    await bytesOf(await ask(DOWNLOAD));
    expect(performance.now() - started).toBeGreaterThan(200);
  });
});
