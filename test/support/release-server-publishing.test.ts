/** The publishing half of the release server must be Gitea's equal where `pikit-release` relies on it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startReleaseServer, type ReleaseServer } from './release-server.ts';

const TOKEN = 'token-of-the-test';
const LIST = '/api/v1/repos/44r0n7/pi-kit/releases';

let server: ReleaseServer;
beforeEach(async () => {
  server = await startReleaseServer({ token: TOKEN, rootUrl: 'http://localhost:3000' });
});
afterEach(() => server.close());

interface Shown {
  readonly id: number;
  readonly draft: boolean;
  readonly assets: readonly { readonly id: number; readonly name: string; readonly uuid: string }[];
}

const authorization = `token ${TOKEN}`;
const ask = (method: string, path: string, document?: object, headers = { authorization }) =>
  fetch(server.url + path, {
    method,
    headers,
    ...(document === undefined ? {} : { body: JSON.stringify(document) }),
  });
const shown = async (response: Promise<Response>) => (await (await response).json()) as Shown;
const draft = () =>
  shown(ask('POST', LIST, { tag_name: 'v1.0.0', name: '1.0.0', body: 'n', draft: true }));

function attach(id: number, name: string, text: string): Promise<Response> {
  const form = new FormData();
  form.set('attachment', new Blob([text]), 'called-otherwise');
  const url = `${server.url}${LIST}/${String(id)}/assets?name=${name}`;
  return fetch(url, { method: 'POST', body: form, headers: { authorization } });
}

describe('publishing', () => {
  it('needs the token', async () => {
    const sent = { tag_name: 'v1.0.0' };
    const answers = [{ authorization: 'token wrong' }, { authorization: '' }].map((headers) =>
      ask('POST', LIST, sent, headers),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([401, 401]);
    expect((await ask('POST', LIST, sent, { authorization: `Bearer ${TOKEN}` })).status).toBe(201);
  });

  it('is not offered by a server without one', async () => {
    const closed = await startReleaseServer();
    const answer = await fetch(closed.url + LIST, { method: 'POST', body: '{}' });
    await closed.close();
    expect(answer.status).toBe(405);
  });

  it('shows a draft to the token alone, with its files', async () => {
    const { id } = await draft();
    await attach(id, 'a.txt', 'abc');
    const [release] = (await (await ask('GET', LIST)).json()) as Shown[];
    expect(release).toMatchObject({ id, draft: true, assets: [{ name: 'a.txt', size: 3 }] });
    const stranger = { authorization: '' };
    const file = `/attachments/${release?.assets[0]?.uuid ?? ''}`;
    expect(await (await ask('GET', LIST, undefined, stranger)).json()).toEqual([]);
    expect((await ask('GET', `${LIST}/${String(id)}`, undefined, stranger)).status).toBe(404);
    expect((await ask('GET', file, undefined, stranger)).status).toBe(404);
    expect(await (await ask('GET', file)).text()).toBe('abc');
  });

  it('allows two files of one name, and one release of a tag', async () => {
    const { id } = await draft();
    expect((await attach(id, 'a.txt', '1')).status).toBe(201);
    expect((await attach(id, 'a.txt', '2')).status).toBe(201);
    expect(server.releases()[0]?.assets).toHaveLength(2);
    expect((await ask('POST', LIST, { tag_name: 'V1.0.0' })).status).toBe(409);
  });

  it('changes and deletes', async () => {
    const { id } = await draft();
    const path = `${LIST}/${String(id)}`;
    const asset = (await (await attach(id, 'a', 'x')).json()) as { id: number };
    const assetPath = `${path}/assets/${String(asset.id)}`;
    expect((await ask('DELETE', assetPath)).status).toBe(204);
    expect((await ask('DELETE', assetPath)).status).toBe(404);
    const changed = await shown(ask('PATCH', path, { draft: false, prerelease: true }));
    expect(changed).toMatchObject({ draft: false, prerelease: true, body: 'n', assets: [] });
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('PATCH', path, { draft: true })).status).toBe(404);
    expect((await attach(id, 'a', 'x')).status).toBe(404);
  });

  it('takes a token for files as a password only, if it is to be as Gitea 1.20', async () => {
    const old = await startReleaseServer({ token: TOKEN, isTokenForApiAlone: true });
    old.publish({
      version: '1.0.0',
      draft: true,
      assets: [{ name: 'a', content: Buffer.from('a') }],
    });
    const file = `${old.url}/attachments/${old.releases()[0]?.assets[0]?.uuid ?? ''}`;
    const basic = `Basic ${Buffer.from(`${TOKEN}:x-oauth-basic`).toString('base64')}`;
    const answers = [authorization, basic].map((value) =>
      fetch(file, { headers: { authorization: value }, redirect: 'manual' }),
    );
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    await old.close();
    expect(statuses).toEqual([303, 200]);
  });

  it('can do what was asked and lose the answer', async () => {
    server.fault({ method: 'POST', times: 1, loseAnswer: true });
    await expect(draft()).rejects.toThrow('fetch failed');
    expect(server.releases()).toHaveLength(1);
  });
});
