/** The calls that the servers have in common: what becomes of answers that are not what they should be. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { startReleaseServer, type ReleaseServer } from '../../../../test/support/release-server.ts';
import { createGiteaFlavor } from '../../src/publish/flavor-gitea.ts';
import type { Http, Reply } from '../../src/publish/http.ts';
import { createReleaseHost } from '../../src/publish/release-host.ts';
import { hostOf, TOKEN } from './scene.ts';

let server: ReleaseServer;
beforeEach(async () => {
  server = await startReleaseServer({ token: TOKEN });
});
afterEach(() => server.close());

const host = () => hostOf(createGiteaFlavor(server.url, server.repository, TOKEN));
const description = { tag: 'v1.0.0', name: '1.0.0', notes: 'n', prerelease: true };

function answering(document: unknown) {
  const reply: Reply = { document, link: '' };
  const http: Http = {
    call: () => Promise.resolve(reply),
    download: () => {
      throw new Error('not asked for');
    },
  };
  return createReleaseHost(createGiteaFlavor('https://git.example', 'a/b', TOKEN), http);
}

describe('createReleaseHost', () => {
  it('makes a draft, finds it and publishes it', async () => {
    const { id } = await host().createDraft(description);
    const [found] = await host().find(['v1.0.0']);
    expect(found).toMatchObject({ id, draft: true, name: '1.0.0' });
    expect(await host().find(['v1.0.1'])).toEqual([]);
    expect(await host().publish(id, description)).toMatchObject({ draft: false });
    expect(server.releases()[0]).toMatchObject({ prerelease: true, notes: 'n' });
  });

  it('removes a file, and bears that it is gone', async () => {
    server.publish({ version: '1.0.0', assets: [{ name: 'a', content: Buffer.from('a') }] });
    const [release] = await host().find(['v1.0.0']);
    const asset = release?.assets?.[0];
    if (release === undefined || asset === undefined) throw new Error('nothing there');
    await host().remove(release, asset);
    await host().remove(release, asset);
    expect(server.releases()[0]?.assets).toEqual([]);
  });

  it('refuses answers of another kind', async () => {
    await expectCode(answering({}).find(['v1.0.0']), 'source-invalid');
    await expectCode(answering([{}]).find(['v1.0.0']), 'source-invalid');
    await expectCode(answering([]).load(1), 'source-invalid');
    await expectCode(answering(undefined).createDraft(description), 'source-invalid');
  });

  it('does not believe a server that keeps a draft', async () => {
    const document = { id: 1, tag_name: 'v1.0.0', draft: true };
    await expectCode(answering(document).publish(1, description), 'source-invalid');
  });

  it('does not ask for the bytes of a file that cannot be right', async () => {
    const file = { name: 'a', path: '/nowhere', size: 3, sha256: '' };
    const release = { id: 1, tag_name: 'v1.0.0', draft: true, assets: [] };
    const asset = { id: 2, name: 'a', size: 3, state: 'starter' };
    expect(await answering({}).holds(release, asset, file)).toBe(false);
    expect(await answering({}).holds(release, { ...asset, size: 2 }, file)).toBe(false);
  });
});
