/** Publishing on a server that speaks Gitea's API: what devices see at the end, and how an interrupted run is carried on. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuiltRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import type { Fault } from '../../../../test/support/faults.ts';
import { startReleaseServer, type ReleaseServer } from '../../../../test/support/release-server.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { createGiteaFlavor } from '../../src/publish/flavor-gitea.ts';
import { aRelease, publishOn, TOKEN } from './scene.ts';

let dir: TempDir;
let server: ReleaseServer;
let built: BuiltRelease;
beforeEach(async () => {
  dir = await makeTempDir();
  server = await startReleaseServer({ token: TOKEN, rootUrl: 'http://localhost:3000' });
  built = await aRelease(dir.path);
});
afterEach(async () => {
  await server.close();
  await dir.remove();
});

const NAMES = ['manifest.json', 'manifest.json.minisig', 'pikit-1.4.0.tar.gz'];
const UPLOAD = /\/assets\?name=/;

const publish = (release = built, tag?: string) =>
  publishOn(createGiteaFlavor(server.url, server.repository, TOKEN), release, tag);
const uploads = () =>
  server.requests.filter(({ method, path }) => method === 'POST' && UPLOAD.test(path)).length;
/** As a device finds it. */
const shown = () =>
  server.releases().map(({ tag, draft, assets }) => ({
    tag,
    draft,
    names: assets.map(({ name }) => name).sort(),
  }));
const WHOLE = [{ tag: 'v1.4.0', draft: false, names: NAMES }];

describe('publishToServer', () => {
  it('publishes all files, and publishes last', async () => {
    const published = await publish();
    expect(published).toMatchObject({ isNew: true });
    expect([...published.uploaded].sort()).toEqual(NAMES);
    expect(shown()).toEqual(WHOLE);
    expect(server.releases()[0]).toMatchObject({ notes: 'New card', prerelease: false });
    const changes = server.requests.filter(({ method }) => method !== 'GET');
    expect(changes.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'POST', 'PATCH']);
    const reads = server.requests.filter(({ path }) => path.startsWith('/attachments/'));
    expect(reads.map(({ bytes }) => bytes > 0)).toEqual([true, true, true]);
  });

  it('finds it there when it is published again, and changes nothing', async () => {
    await publish();
    const before = server.requests.length;
    expect(await publish()).toMatchObject({ isNew: false, uploaded: [] });
    expect(server.requests.slice(before).every(({ method }) => method === 'GET')).toBe(true);
  });

  it('refuses the version with other content, under either tag', async () => {
    await publish(built, '1.4.0');
    const other = await aRelease(dir.path, '1.4.0', 'another page');
    await expectCode(publish(other), 'already-published');
    await expectCode(publish(other, '1.4.0'), 'already-published');
    expect(uploads()).toBe(3);
  });

  it('refuses a published release with one file more', async () => {
    server.publish({
      ...built,
      assets: [...built.assets, { name: 'x', content: Buffer.from('x') }],
    });
    await expectCode(publish(), 'already-published');
  });

  it('leaves the draft of a person alone', async () => {
    server.publish({
      ...built,
      draft: true,
      assets: [{ name: 'notes.pdf', content: built.bundle }],
    });
    const { message } = await expectCode(publish(), 'already-published');
    expect(message).toContain('a draft of something else has the tag v1.4.0; delete it there');
    expect(server.releases()).toHaveLength(1);
  });

  it('finds a draft behind many newer releases', async () => {
    const createdAt = '2020-01-01T00:00:00Z';
    server.publish({ ...built, draft: true, createdAt });
    for (let minor = 0; minor < 120; minor += 1) {
      server.publish({ version: `2.${String(minor)}.0`, assets: [] });
    }
    expect(await publish()).toMatchObject({ isNew: true, uploaded: [] });
  });

  it('carries on with a draft: keeps what is equal, replaces what is not, removes what is double', async () => {
    const [bundle, ...others] = built.assets;
    if (bundle === undefined) throw new Error('no bundle');
    const assets = [{ ...bundle, content: Buffer.from('half a bundle') }, ...others, ...others];
    server.publish({ ...built, draft: true, assets });
    expect((await publish()).uploaded).toEqual([bundle.name]);
    expect(shown()).toEqual(WHOLE);
  });

  it('replaces a file of the same size that the server has damaged', async () => {
    server.publish({ ...built, draft: true });
    const draft = server.releases()[0];
    if (draft === undefined) throw new Error('no draft');
    const uuid = draft.assets.find(({ name }) => name === 'manifest.json')?.uuid ?? '';
    server.fault({ path: new RegExp(uuid), times: 1, truncateLength: 10 });
    expect((await publish()).uploaded).toEqual(['manifest.json']);
    expect(shown()).toEqual(WHOLE);
  });

  it('takes a signature away that a run before has left', async () => {
    server.publish({ ...built, draft: true });
    await rm(`${built.manifest}.minisig`);
    const flavor = createGiteaFlavor(server.url, server.repository, TOKEN);
    await publishOn(flavor, built, 'v1.4.0', true);
    expect(shown()[0]?.names).toEqual(['manifest.json', 'pikit-1.4.0.tar.gz']);
  });

  it.each<readonly [string, Fault]>([
    [
      'an answer to the draft that is lost',
      { method: 'POST', path: /releases$/, loseAnswer: true },
    ],
    ['an answer to an upload that is lost', { method: 'POST', path: UPLOAD, loseAnswer: true }],
    ['an answer to the last step that is lost', { method: 'PATCH', loseAnswer: true }],
    ['a server that is overloaded', { status: 503 }],
    ['a proxy that counts', { path: UPLOAD, status: 429 }],
    ['a download that breaks off', { path: /attachments/, cutAfterBytes: 5 }],
  ])('bears %s', async (_what, fault) => {
    server.fault({ ...fault, times: 1 });
    await publish();
    expect(shown()).toEqual(WHOLE);
    expect(uploads()).toBeLessThanOrEqual(4);
  });

  it('leaves a draft when it cannot go on, and carries it on later', async () => {
    const clear = server.fault({ method: 'POST', path: /minisig/, status: 500 });
    await expectCode(publish(), 'source-refused');
    expect(shown()).toMatchObject([{ draft: true }]);
    clear();
    expect((await publish()).uploaded).not.toContain('pikit-1.4.0.tar.gz');
    expect(shown()).toEqual(WHOLE);
  });

  it('does not publish what the server gives back otherwise', async () => {
    server.fault({ path: /attachments/, truncateLength: 5 });
    await expectCode(publish(), 'hash-mismatch');
    expect(shown()).toMatchObject([{ draft: true }]);
  });

  it('does not try again what is refused', async () => {
    server.fault({ method: 'POST', path: UPLOAD, status: 422 });
    const error = await expectCode(publish(), 'source-refused');
    expect(error.details['status']).toBe(422);
    expect(uploads()).toBe(1);
  });
});
