/** What counts as published in a repository, and how its files are asked for. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { startReleaseServer, type ReleaseServer } from '../../../../test/support/release-server.ts';
import { createGiteaFlavor } from '../../src/publish/flavor-gitea.ts';
import { createHttp } from '../../src/publish/http.ts';
import { createReleaseHost } from '../../src/publish/release-host.ts';
import { listOnServer } from '../../src/published/on-server.ts';

const TOKEN = 'the-token-of-the-maintainer';
const asset = (name: string, text = name) => ({ name, content: Buffer.from(text) });

let server: ReleaseServer;
beforeEach(async () => {
  server = await startReleaseServer({ rootUrl: 'http://192.0.2.1:3000' });
});
afterEach(() => server.close());

const list = (token?: string) => {
  const flavor = createGiteaFlavor(server.url, server.repository, token);
  const http = createHttp({ ...flavor, token, stallMs: 300 });
  return listOnServer(createReleaseHost(flavor, http));
};

async function read(name: string, maxBytes = 100): Promise<string> {
  const [release] = await list();
  const parts: Uint8Array[] = [];
  for await (const piece of release?.read(name, maxBytes) ?? []) parts.push(piece);
  return Buffer.concat(parts).toString();
}

const at = (createdAt: string) => ({ createdAt: `${createdAt}T00:00:00Z`, assets: [] });

describe('listOnServer', () => {
  it('shows no drafts and no other tags, and the later of two for one version', async () => {
    server.publish({ version: '1.0.0', ...at('2026-01-01'), prerelease: true });
    server.publish({ version: 'twin', tag: '1.0.0', ...at('2026-01-02') });
    server.publish({ version: '1.1.0-rc.1', ...at('2026-01-03'), prerelease: false });
    server.publish({ version: '1.2.0', ...at('2026-01-04'), draft: true });
    server.publish({ version: 'nightly', ...at('2026-01-05') });
    const shown = (await list()).map(({ version, channel }) => `${version} ${channel}`);
    expect(shown).toEqual(['1.1.0-rc.1 beta', '1.0.0 stable']);
  });

  it('fetches by name from the configured server, as a device does', async () => {
    server.publish({ version: '1.0.0', assets: [asset('a b', 'hello')] });
    expect(await read('a b')).toBe('hello');
    expect(server.requests.at(-1)?.path).toContain('/releases/download/v1.0.0/a%20b');
    await expectCode(read('a b', 4), 'too-large');
  });

  it('refuses what is not attached, or twice', async () => {
    server.publish({ version: '1.0.0', assets: [asset('a'), asset('b'), asset('b')] });
    await expectCode(read('c'), 'file-missing');
    await expectCode(read('b'), 'source-invalid');
  });

  it('says what a private repository needs', async () => {
    for (const status of [401, 404]) {
      server.fault({ path: /api/, times: 1, status });
      const error = await expectCode(list(), 'source-refused');
      expect(error.details).toMatchObject({ status, advice: expect.stringContaining('token') });
    }
    server.fault({ path: /api/, times: 1, status: 500 });
    expect((await expectCode(list(), 'source-refused')).details).not.toHaveProperty('advice');
    expect(server.requests.some(({ authorization }) => authorization !== undefined)).toBe(false);
    await list(TOKEN);
    expect(server.requests.at(-1)?.authorization).toBe(`token ${TOKEN}`);
  });

  it('gives up on silence', async () => {
    server.fault({ path: /api/, stall: true });
    await expectCode(list(), 'offline');
  });
});
