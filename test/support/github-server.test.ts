/** The stand-in for GitHub must have the surprises that `pikit-release` is built for. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGithubServer, type GithubServer } from './github-server.ts';

const TOKEN = 'token-of-the-test';
const headers = { authorization: `Bearer ${TOKEN}`, accept: 'application/octet-stream' };

let server: GithubServer;
let list: string;
beforeEach(async () => {
  server = await startGithubServer(TOKEN);
  list = `${server.url}/repos/${server.repository}/releases`;
});
afterEach(() => server.close());

interface Shown {
  readonly id: number;
  readonly upload_url: string;
}

const ask = (method: string, url: string, document?: object) =>
  fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(document === undefined ? {} : { body: JSON.stringify(document) }),
  });
const draft = async () =>
  (await (await ask('POST', list, { tag_name: 'v1.0.0', draft: true })).json()) as Shown;
const upload = ({ upload_url: url }: Shown, body: string) =>
  fetch(url.replace('{?name,label}', '?name=a.txt'), { method: 'POST', headers, body });

describe('the stand-in for GitHub', () => {
  it('takes uploads elsewhere, and no second one of a name', async () => {
    const release = await draft();
    expect(release.upload_url.startsWith(server.uploadUrl)).toBe(true);
    const asset = await upload(release, 'abc');
    expect([asset.status, (await upload(release, 'abc')).status]).toEqual([201, 422]);
    expect(await asset.json()).toMatchObject({
      digest: 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  });

  it('passes on to a store that refuses a token', async () => {
    const asset = (await (await upload(await draft(), 'abc')).json()) as { url: string };
    const passed = await ask('GET', asset.url);
    const place = passed.headers.get('location') ?? '';
    expect(passed.status).toBe(302);
    expect((await ask('GET', place)).status).toBe(400);
    expect(await (await fetch(place)).text()).toBe('abc');
    const described = await fetch(asset.url, { headers: { authorization: headers.authorization } });
    expect(await described.json()).toMatchObject({ name: 'a.txt', size: 3 });
    expect((await ask('DELETE', asset.url)).status).toBe(204);
    expect((await ask('GET', asset.url)).status).toBe(404);
  });

  it('allows drafts of a tag that is taken, but only one release', async () => {
    const [first, second] = [await draft(), await draft()];
    const publish = ({ id }: Shown) => ask('PATCH', `${list}/${String(id)}`, { draft: false });
    expect([(await publish(first)).status, (await publish(second)).status]).toEqual([200, 422]);
    expect((await ask('POST', list, { tag_name: 'v1.0.0' })).status).toBe(422);
  });

  it('needs the token for everything but the store, and pages', async () => {
    expect((await fetch(list)).status).toBe(404);
    await draft();
    await draft();
    const page = await ask('GET', `${list}?per_page=1`);
    expect([((await page.json()) as Shown[]).length, page.headers.get('link')]).toEqual([
      1,
      expect.stringContaining('rel="next"'),
    ]);
  });

  it('shows a public repository to everybody, and its pages to whoever has no token', async () => {
    const open = await startGithubServer();
    try {
      const assets = [{ name: 'a.txt', content: Buffer.from('0123456789') }];
      open.store.add({ version: '1.0.0', assets });
      const answer = await fetch(`${open.url}/repos/${open.repository}/releases`);
      const [release] = (await answer.json()) as { assets: { browser_download_url: string }[] }[];
      const page = release?.assets[0]?.browser_download_url ?? '';
      const range = { range: 'bytes=2-4' };
      expect(await (await fetch(page, { headers: range })).text()).toBe('234');
      expect((await fetch(page, { headers })).status).toBe(404);
      open.fault({ path: /^files:/, status: 503 });
      expect((await fetch(page)).status).toBe(503);
    } finally {
      await open.close();
    }
  });
});
