/** A plain web server with the layout of `publish --dir`, over real HTTP and with its faults, seen through the port. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { startStaticServer, type StaticServer } from '../../../../test/support/static-server.ts';
import { digest } from '../../src/adapters/digest-crypto.ts';
import { createStaticSource } from '../../src/adapters/source-static.ts';
import type { ReleaseSource } from '../../src/ports.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';
import { never, withHttp } from './http-server.ts';

const BUNDLE = randomBytes(5000);
const MANIFEST = Buffer.from('{"a":1}');

interface Scene {
  readonly source: ReleaseSource;
  readonly server: StaticServer;
  readonly root: string;
  readonly publish: (version: string, members?: object) => Promise<void>;
}

/** Of all that was published. */
const index = (entries: ReadonlyMap<string, object>): string =>
  JSON.stringify({ format: 1, releases: [...entries.values()] });

async function withSource(work: (scene: Scene) => Promise<void>): Promise<void> {
  await withHttp(async (http, _disk, root) => {
    const www = join(root, 'www/releases');
    await mkdir(www, { recursive: true });
    const entries = new Map<string, object>();
    const publish = async (version: string, members: object = {}): Promise<void> => {
      const manifestSha256 = digest(MANIFEST);
      const [channel, date] = ['stable', '2026-11-01T00:00:00.000Z'];
      entries.set(version, { version, channel, date, manifestSha256, ...members });
      await mkdir(join(www, version));
      await writeFile(join(www, version, 'manifest.json'), MANIFEST);
      await writeFile(join(www, version, `pikit-${version}.tar.gz`), BUNDLE);
      await writeFile(join(www, 'releases.json'), index(entries));
    };
    const server = await startStaticServer(join(root, 'www'));
    const source = createStaticSource({ url: `${server.url}/releases`, http, digest });
    try {
      await work({ source, server, root, publish });
    } finally {
      await server.close();
    }
  });
}

const chosen = (version: string) => ({ version: aVersion(version), manifestSha256: aSha256() });
const fetchTo = (source: ReleaseSource, version: string, maxBytes = 100_000) =>
  source.fetchBundle(chosen(version), '/var/tmp/b', {
    maxBytes,
    signal: never,
    onBytes: () => undefined,
  });

describe('createStaticSource', () => {
  it('lists what the index names, in one request', () =>
    withSource(async ({ source, server, publish }) => {
      await publish('1.0.0');
      await publish('1.1.0-rc.1', { channel: 'beta' });
      expect(await source.list(never)).toEqual([
        {
          version: '1.0.0',
          channel: 'stable',
          notes: undefined,
          published: '2026-11-01T00:00:00.000Z',
          bundleBytes: undefined,
        },
        expect.objectContaining({ version: '1.1.0-rc.1', channel: 'beta' }),
      ]);
      expect(server.requests).toEqual(['GET /releases/releases.json']);
    }));

  it('fetches manifest, signature, bundle and parts of any file', () =>
    withSource(async ({ source, server, root, publish }) => {
      await publish('1.0.0+build');
      const version = aVersion('1.0.0+build');
      expect(Buffer.from(await source.manifest(version, 100, never))).toEqual(MANIFEST);
      expect(await source.signature(version, 100, never)).toBeUndefined();
      await writeFile(join(root, 'www/releases/1.0.0+build/manifest.json.minisig'), 'signed');
      const signature = await source.signature(version, 100, never);
      expect(Buffer.from(signature ?? []).toString()).toBe('signed');
      expect(await fetchTo(source, '1.0.0+build')).toBe(5000);
      expect((await readFile(join(root, 'var/tmp/b'))).equals(BUNDLE)).toBe(true);
      const part = { name: 'pikit-1.0.0+build.tar.gz', offset: 10, length: 20 };
      const bytes = await buffer(source.fetchPart(chosen('1.0.0+build'), part, never));
      expect(bytes.equals(BUNDLE.subarray(10, 30))).toBe(true);
      expect(server.requests).toContain('GET /releases/1.0.0%2Bbuild/manifest.json');
    }));

  it('fetches the manifest packed where the index says that it is there', () =>
    withSource(async ({ source, server, root, publish }) => {
      await publish('1.0.0', { packedManifest: true });
      const packed = join(root, 'www/releases/1.0.0/manifest.json.gz');
      await writeFile(packed, gzipSync(MANIFEST));
      const bytes = await source.manifest(aVersion('1.0.0'), 100, never);
      expect(Buffer.from(bytes)).toEqual(MANIFEST);
      expect(server.requests.at(-1)).toBe('GET /releases/1.0.0/manifest.json.gz');
    }));

  it('refuses a packed manifest that is not the one of the index', () =>
    withSource(async ({ source, root, publish }) => {
      await publish('1.0.0', { packedManifest: true });
      await writeFile(join(root, 'www/releases/1.0.0/manifest.json.gz'), gzipSync('{"a":2}'));
      await expectCode(source.manifest(aVersion('1.0.0'), 100, never), 'source-invalid');
    }));

  it('goes on with a bundle that breaks off', () =>
    withSource(async ({ source, server, publish }) => {
      await publish('1.0.0');
      server.fault({ path: /tar\.gz$/, cutAfterBytes: 2000, times: 2 });
      expect(await fetchTo(source, '1.0.0')).toBe(5000);
    }));

  it('refuses a manifest that is not the one of the index', () =>
    withSource(async ({ source, publish }) => {
      await publish('1.0.0', { manifestSha256: aSha256('b') });
      await expectCode(source.manifest(aVersion('1.0.0'), 100, never), 'source-invalid');
    }));

  it('says no-such-release for what is not listed, and for what is not there any more', () =>
    withSource(async ({ source, root, publish }) => {
      await publish('1.0.0');
      await expectCode(source.manifest(aVersion('9.9.9'), 100, never), 'no-such-release');
      await rm(join(root, 'www/releases/1.0.0'), { recursive: true });
      await expectCode(source.manifest(aVersion('1.0.0'), 100, never), 'no-such-release');
      await expectCode(fetchTo(source, '1.0.0'), 'no-such-release');
      const part = { name: 'a.patch', offset: 0, length: 1 };
      const work = buffer(source.fetchPart(chosen('1.0.0'), part, never));
      await expectCode(work, 'no-such-release');
    }));

  it('tells a captive portal, a refusal, an index that is none and silence apart', () =>
    withSource(async ({ source, server, root, publish }) => {
      await publish('1.0.0');
      const portal = server.fault({ html: true });
      await expectCode(source.list(never), 'captive-portal');
      portal();
      const refusal = server.fault({ status: 403 });
      await expectCode(source.list(never), 'source-refused');
      refusal();
      for (const text of ['[]', '{"format":1,"releases":[{"version":"../1"}]}', '']) {
        await writeFile(join(root, 'www/releases/releases.json'), text);
        await expectCode(source.list(never), 'source-invalid');
      }
      await server.close();
      await expectCode(source.list(never), 'offline');
    }));

  it('keeps to the limits', () =>
    withSource(async ({ source, publish }) => {
      await publish('1.0.0');
      await expectCode(source.manifest(aVersion('1.0.0'), 6, never), 'too-large');
      await expectCode(fetchTo(source, '1.0.0', 4999), 'too-large');
    }));
});
