/** Whole servers that speak the APIs of Gitea and GitHub, with their surprises and faults, seen through the source's port. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buffer, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { startGithubServer, type GithubServer } from '../../../../test/support/github-server.ts';
import { startReleaseServer, type ReleaseServer } from '../../../../test/support/release-server.ts';
import { createGiteaFlavor, createGithubFlavor } from '../../src/adapters/hosted-flavors.ts';
import { createHostedSource } from '../../src/adapters/source-hosted.ts';
import type { ReleaseSource } from '../../src/ports.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';
import { never, withHttp, withServer } from './http-server.ts';

const BUNDLE = randomBytes(5000);
const version = aVersion;
const chosen = (text: string) => ({ version: version(text), manifestSha256: aSha256() });
const assets = (text: string, manifest = '{}') => [
  { name: 'manifest.json', content: Buffer.from(manifest) },
  { name: `pikit-${text}.tar.gz`, content: BUNDLE },
];

async function withSource(
  work: (source: ReleaseSource, server: ReleaseServer, root: string) => Promise<void>,
  options: { readonly rootUrl?: string } = {},
): Promise<void> {
  const server = await startReleaseServer(options);
  try {
    await withHttp(async (http, _disk, root) => {
      const { url, repository } = server;
      await work(createHostedSource(createGiteaFlavor({ url, repository }), http), server, root);
    });
  } finally {
    await server.close();
  }
}

const versions = async (source: ReleaseSource): Promise<readonly string[]> =>
  (await source.list(never)).map((release) => release.version).toSorted();

const fetchTo = (source: ReleaseSource, which: string, maxBytes = 100_000) =>
  source.fetchBundle(chosen(which), '/var/tmp/b', {
    maxBytes,
    signal: never,
    onBytes: () => undefined,
  });

describe('createHostedSource, fetchPart', () => {
  it('gives parts of any asset, by its name', () =>
    withSource(async (source, server) => {
      const patch = { name: 'a.patch', content: Buffer.from('0123456789') };
      server.publish({ version: '1.0.0', assets: [...assets('1.0.0'), patch] });
      const part = (name: string) =>
        text(source.fetchPart(chosen('1.0.0'), { name, offset: 3, length: 4 }, never));
      expect(await part('a.patch')).toBe('3456');
      await expectCode(part('b.patch'), 'no-such-release');
    }));
});

describe('createHostedSource, manifest', () => {
  it('fetches it packed where it is offered so, and plain where nobody knows which one is meant', () =>
    withSource(async (source, server) => {
      const packed = { name: 'manifest.json.gz', content: gzipSync('{"packed":true}') };
      server.publish({ version: '1.0.0', assets: [...assets('1.0.0'), packed] });
      server.publish({ version: '1.1.0', assets: [...assets('1.1.0'), packed, packed] });
      const manifest = async (text: string) =>
        Buffer.from(await source.manifest(version(text), 100, never)).toString();
      expect(await manifest('1.0.0')).toBe('{"packed":true}');
      expect(await manifest('1.1.0')).toBe('{}');
    }));
});

describe('createHostedSource, list', () => {
  it('gives every published release, whatever the server thinks is the latest', () =>
    withSource(async (source, server) => {
      server.publish({ version: '2.0.0', assets: assets('2.0.0'), notes: 'big' });
      server.publish({ version: '1.9.9', assets: assets('1.9.9'), tag: '1.9.9' });
      server.publish({ version: '2.1.0-rc.1', assets: assets('2.1.0-rc.1') });
      server.publish({ version: '3.0.0', assets: assets('3.0.0'), draft: true });
      server.publish({ version: '4.0.0', assets: assets('4.0.0').slice(0, 1) });
      expect(await versions(source)).toEqual(['1.9.9', '2.0.0', '2.1.0-rc.1']);
      const big = (await source.list(never)).find((release) => release.version === '2.0.0');
      expect(big).toMatchObject({ channel: 'stable', notes: 'big', bundleBytes: 5000 });
    }));

  it('turns the pages to the end', () =>
    withSource(async (source, server) => {
      for (let patch = 0; patch < 120; patch += 1) {
        server.publish({ version: `1.0.${patch}`, assets: assets(`1.0.${patch}`) });
      }
      expect(await source.list(never)).toHaveLength(120);
      expect(server.requests).toHaveLength(3);
    }));

  it('is empty without releases', () =>
    withSource(async (source) => {
      expect(await source.list(never)).toEqual([]);
    }));

  it('tells a captive portal, a refusal and a missing repository apart', () =>
    withSource(async (source, server) => {
      const portal = server.fault({ html: true });
      await expectCode(source.list(never), 'captive-portal');
      portal();
      const refusal = server.fault({ status: 403 });
      await expectCode(source.list(never), 'source-refused');
      refusal();
      await withHttp(async (http) => {
        const other = createHostedSource(
          createGiteaFlavor({ url: server.url, repository: 'no/body' }),
          http,
        );
        await expectCode(other.list(never), 'source-refused');
      });
      await server.close();
      await expectCode(source.list(never), 'offline');
    }));
});

describe('createHostedSource, assets', () => {
  it('fetches manifest and bundle without having listed before', () =>
    withSource(async (source, server, root) => {
      server.publish({ version: '1.0.0', assets: assets('1.0.0', '{"a":1}') });
      const manifest = await source.manifest(version('1.0.0'), 100, never);
      expect(Buffer.from(manifest).toString()).toBe('{"a":1}');
      expect(await fetchTo(source, '1.0.0')).toBe(5000);
      expect((await readFile(`${root}/var/tmp/b`)).equals(BUNDLE)).toBe(true);
    }));

  it('does not believe a server that thinks it is called localhost', () =>
    withSource(
      async (source, server) => {
        server.publish({ version: '1.0.0', tag: 'v1.0.0', assets: assets('1.0.0') });
        expect(Buffer.from(await source.manifest(version('1.0.0'), 100, never)).toString()).toBe(
          '{}',
        );
        expect(server.requests.at(-1)?.path).toBe(
          '/44r0n7/pi-kit/releases/download/v1.0.0/manifest.json',
        );
      },
      { rootUrl: 'http://localhost:3000' },
    ));

  it('says no-such-release for one that never was or was withdrawn meanwhile', () =>
    withSource(async (source, server) => {
      server.publish({ version: '1.0.0', assets: assets('1.0.0') });
      await source.list(never);
      await expectCode(source.manifest(version('9.9.9'), 100, never), 'no-such-release');
      server.withdraw('1.0.0');
      await expectCode(source.manifest(version('1.0.0'), 100, never), 'no-such-release');
      await expectCode(fetchTo(source, '1.0.0'), 'no-such-release');
    }));

  it('leaves a release with a doubled asset out and refuses its manifest', () =>
    withSource(async (source, server) => {
      const doubled = [...assets('1.0.0'), ...assets('1.0.0').slice(0, 1)];
      server.publish({ version: '1.0.0', assets: doubled });
      expect(await source.list(never)).toEqual([]);
      await expectCode(source.manifest(version('1.0.0'), 100, never), 'source-invalid');
    }));

  it('keeps to the limits', () =>
    withSource(async (source, server) => {
      server.publish({ version: '1.0.0', assets: assets('1.0.0', ' '.repeat(101)) });
      await expectCode(source.manifest(version('1.0.0'), 100, never), 'too-large');
      await expectCode(fetchTo(source, '1.0.0', 4999), 'too-large');
    }));

  it('refuses a web page in place of an asset', () =>
    withSource(async (source, server) => {
      server.publish({ version: '1.0.0', assets: assets('1.0.0') });
      server.fault({ html: true, path: /download/ });
      await expectCode(source.manifest(version('1.0.0'), 100, never), 'captive-portal');
      await expectCode(fetchTo(source, '1.0.0'), 'captive-portal');
    }));

  it('takes a redirect to a page to sign in for a refusal', () =>
    withServer(
      (request, response) => {
        const path = request.url ?? '';
        if (path.startsWith('/api/')) {
          const list = assets('1.0.0').map(({ name }) => ({
            id: 1,
            name,
            size: 5,
            browser_download_url: '',
          }));
          const release = { tag_name: 'v1.0.0', draft: false, prerelease: false, assets: list };
          response.end(JSON.stringify([release]));
        } else if (path === '/user/login') {
          response.setHeader('content-type', 'text/html; charset=UTF-8').end('<form>');
        } else {
          response.writeHead(303, { location: '/user/login' }).end();
        }
      },
      (url) =>
        withHttp(async (http) => {
          const source = createHostedSource(createGiteaFlavor({ url, repository: 'a/b' }), http);
          await expectCode(source.manifest(version('1.0.0'), 100, never), 'source-refused');
          await expectCode(fetchTo(source, '1.0.0'), 'source-refused');
        }),
    ));
});

async function withGithub(
  work: (source: ReleaseSource, server: GithubServer, root: string) => Promise<void>,
): Promise<void> {
  const server = await startGithubServer();
  try {
    await withHttp(async (http, _disk, root) => {
      const flavor = createGithubFlavor(server, { hasToken: false });
      await work(createHostedSource(flavor, http), server, root);
    });
  } finally {
    await server.close();
  }
}

describe('createHostedSource, with GitHub', () => {
  it('lists, and leaves out drafts and what is not whole', () =>
    withGithub(async (source, { store }) => {
      store.add({ version: '1.0.0', assets: assets('1.0.0'), notes: 'first' });
      store.add({ version: '1.1.0', assets: assets('1.1.0'), draft: true });
      store.add({ version: '1.2.0', assets: assets('1.2.0').slice(1) });
      store.add({ version: '1.3.0', assets: assets('1.3.0'), prerelease: true });
      expect(await source.list(never)).toEqual([
        expect.objectContaining({ version: '1.3.0', channel: 'beta' }),
        expect.objectContaining({ version: '1.0.0', notes: 'first', bundleBytes: 5000 }),
      ]);
    }));

  it('spends one request of the API for a whole release, by way of the store', () =>
    withGithub(async (source, { store, requests }, root) => {
      store.add({ version: '1.0.0', assets: assets('1.0.0', '{"a":1}') });
      await source.list(never);
      const manifest = await source.manifest(version('1.0.0'), 100, never);
      expect(Buffer.from(manifest).toString()).toBe('{"a":1}');
      expect(await source.signature(version('1.0.0'), 100, never)).toBeUndefined();
      expect(await fetchTo(source, '1.0.0')).toBe(5000);
      expect((await readFile(`${root}/var/tmp/b`)).equals(BUNDLE)).toBe(true);
      const part = { name: 'pikit-1.0.0.tar.gz', offset: 10, length: 20 };
      const bytes = await buffer(source.fetchPart(chosen('1.0.0'), part, never));
      expect(bytes.equals(BUNDLE.subarray(10, 30))).toBe(true);
      expect(requests.filter((line) => line.includes('api:'))).toHaveLength(1);
      expect(requests.filter((line) => line.includes('files:'))).toHaveLength(3);
    }));

  it('goes on with a download that breaks off in the store', () =>
    withGithub(async (source, server) => {
      const { store, requests } = server;
      store.add({ version: '1.0.0', assets: assets('1.0.0') });
      server.fault({ path: /^files:/, cutAfterBytes: 2000, times: 2 });
      expect(await fetchTo(source, '1.0.0')).toBe(5000);
      // Each time by a new address of the store, because an old one expires.
      expect(requests.filter((line) => line.includes('pages:'))).toHaveLength(3);
    }));

  it('says no-such-release for one whose tag has vanished', () =>
    withGithub(async (source, { store }) => {
      const { id } = store.add({ version: '1.0.0', assets: assets('1.0.0') });
      await source.list(never);
      store.change(id, { draft: true });
      await expectCode(source.manifest(version('1.0.0'), 100, never), 'no-such-release');
      await expectCode(fetchTo(source, '1.0.0'), 'no-such-release');
    }));
});
