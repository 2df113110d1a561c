/** What is particular to Gitea: forms, doubled names, a wrong ROOT_URL, tokens of certain versions, labels. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuiltRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { startReleaseServer, type ReleaseServer } from '../../../../test/support/release-server.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { createGiteaFlavor } from '../../src/publish/flavor-gitea.ts';
import { aRelease, filesOf, publishOn, TOKEN } from './scene.ts';

let dir: TempDir;
let built: BuiltRelease;
let server: ReleaseServer | undefined;
beforeEach(async () => {
  dir = await makeTempDir();
  built = await aRelease(dir.path);
});
afterEach(async () => {
  await server?.close();
  await dir.remove();
});

async function started(options: Parameters<typeof startReleaseServer>[0] = {}) {
  server = await startReleaseServer({ token: TOKEN, ...options });
  return { server, flavor: createGiteaFlavor(server.url, server.repository, TOKEN) };
}

describe('createGiteaFlavor', () => {
  it('sends the bytes of a file and the length of the form', async () => {
    const { flavor } = await started();
    const { files } = await filesOf(built);
    const [bundle] = files;
    if (bundle === undefined) throw new Error('no bundle');
    const release = { id: 7, tag_name: 'v1.4.0', draft: true, assets: [] };
    const { body, url } = flavor.upload(release, bundle);
    let bytes = 0;
    for await (const piece of body.pieces()) bytes += piece.length;
    expect(bytes).toBe(body.bytes);
    expect(url).toMatch(/\/releases\/7\/assets\?name=pikit-1\.4\.0\.tar\.gz$/);
  });

  it('works with Gitea 1.20 and 1.21, which take a token for files as a password only', async () => {
    const { server, flavor } = await started({ isTokenForApiAlone: true });
    await publishOn(flavor, built);
    expect(server.releases()).toMatchObject([{ draft: false }]);
  });

  it('reads back from the configured server, whatever that believes to be', async () => {
    const { server, flavor } = await started({ rootUrl: 'http://192.0.2.1:3000' });
    await publishOn(flavor, built);
    expect(server.releases()).toMatchObject([{ draft: false }]);
  });

  it('bears a server that calls files gzip', async () => {
    const { server, flavor } = await started();
    server.fault({ path: /attachments/, gzipLabel: true });
    await publishOn(flavor, built);
    expect(server.releases()).toMatchObject([{ draft: false }]);
  });

  it('says which status a wrong token gets, and not the token', async () => {
    const { server } = await started();
    const flavor = createGiteaFlavor(server.url, server.repository, 'wrong-token');
    const error = await expectCode(publishOn(flavor, built), 'source-refused');
    expect(error.details['status']).toBe(401);
    expect(JSON.stringify(error.toView()) + error.message).not.toContain('wrong-token');
  });

  it('says source-invalid for a captive portal', async () => {
    const { server, flavor } = await started();
    server.fault({ html: true });
    await expectCode(publishOn(flavor, built), 'source-invalid');
  });
});
