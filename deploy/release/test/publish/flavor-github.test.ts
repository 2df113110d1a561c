/** What is particular to GitHub: another host for uploads, a store that refuses the token, no second release of a tag. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuiltRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { startGithubServer, type GithubServer } from '../../../../test/support/github-server.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { createGithubFlavor } from '../../src/publish/flavor-github.ts';
import { aRelease, publishOn, TOKEN } from './scene.ts';

let dir: TempDir;
let server: GithubServer;
let built: BuiltRelease;
beforeEach(async () => {
  dir = await makeTempDir();
  server = await startGithubServer(TOKEN);
  built = await aRelease(dir.path);
});
afterEach(async () => {
  await server.close();
  await dir.remove();
});

const flavor = (uploads?: string) =>
  createGithubFlavor(server.url, server.repository, TOKEN, uploads);

describe('createGithubFlavor', () => {
  it('uploads elsewhere, reads back, and shows the store no token', async () => {
    await publishOn(flavor(server.uploadUrl), built);
    expect(server.store.all()).toMatchObject([{ tag: 'v1.4.0', draft: false }]);
    expect(server.store.all()[0]?.assets).toHaveLength(3);
    const uploaded = server.requests.filter((line) => line.startsWith('POST uploads:'));
    expect(uploaded.map((line) => line.endsWith(' +token'))).toEqual([true, true, true]);
    const stored = server.requests.filter((line) => line.includes(' files:'));
    expect(stored.map((line) => line.endsWith(' +token'))).toEqual([false, false, false]);
  });

  it('finds it there when it is published again', async () => {
    await publishOn(flavor(server.uploadUrl), built);
    expect(await publishOn(flavor(server.uploadUrl), built)).toMatchObject({ isNew: false });
    const other = await aRelease(dir.path, '1.4.0', 'another page');
    await expectCode(publishOn(flavor(server.uploadUrl), other), 'already-published');
  });

  it('sends nothing to an upload host that nobody named', async () => {
    await expectCode(publishOn(flavor(), built), 'source-invalid');
    expect(server.requests.filter((line) => line.includes('uploads:'))).toEqual([]);
  });

  it('takes the place of a file whose upload broke off', async () => {
    server.store.add({
      ...built,
      draft: true,
      assets: [{ name: 'manifest.json', content: Buffer.alloc(3) }],
    });
    expect((await publishOn(flavor(server.uploadUrl), built)).uploaded).toHaveLength(3);
    expect(server.store.all()).toHaveLength(1);
  });

  it('is refused when somebody else publishes the tag in between', async () => {
    const { id } = server.store.add({ ...built, draft: true });
    const twin = server.store.add({ version: 'Other', tag: 'v1.4.0', draft: true, assets: [] });
    const host = flavor(server.uploadUrl);
    const racing = {
      ...host,
      read: (...args: Parameters<typeof host.read>) => {
        server.store.change(twin.id, { draft: false });
        return host.read(...args);
      },
    };
    const error = await expectCode(publishOn(racing, built), 'source-refused');
    expect(error.details['status']).toBe(422);
    expect(server.store.all().find((one) => one.id === id)?.draft).toBe(true);
  });

  it('knows the names of github.com', () => {
    const { api, origins } = createGithubFlavor('https://github.com', 'me/dashboard', TOKEN);
    expect(api).toBe('https://api.github.com/repos/me/dashboard/releases');
    expect(origins).toEqual(['https://api.github.com', 'https://uploads.github.com']);
    const own = createGithubFlavor('https://ghe.example/api/v3', 'me/dashboard', TOKEN);
    expect(own.origins).toEqual(['https://ghe.example']);
  });
});
