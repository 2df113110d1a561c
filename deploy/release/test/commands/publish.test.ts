/** The command: which arguments it takes, what it answers, and that the token is in none of it. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuiltRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { startGithubServer } from '../../../../test/support/github-server.ts';
import { startReleaseServer, type ReleaseServer } from '../../../../test/support/release-server.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import type { Arguments } from '../../src/command.ts';
import { publish } from '../../src/commands/publish.ts';
import { aRelease, TOKEN } from '../publish/scene.ts';

let dir: TempDir;
let server: ReleaseServer;
let built: BuiltRelease;
let tokenFile: string;
beforeEach(async () => {
  dir = await makeTempDir();
  server = await startReleaseServer({ token: TOKEN });
  built = await aRelease(dir.path);
  tokenFile = join(dir.path, 'token');
  await writeFile(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
});
afterEach(async () => {
  await server.close();
  await dir.remove();
});

const run = (values: Arguments['values'], ...positionals: readonly string[]) =>
  publish.run({ values, positionals: positionals.length === 0 ? [built.dir] : positionals });
const onServer = (values: Arguments['values'] = {}) =>
  run({
    server: `${server.url}/`,
    repository: server.repository,
    flavor: 'gitea',
    'token-file': tokenFile,
    ...values,
  });

describe('publish', () => {
  it('says what it has published where, and never the token', async () => {
    const { document, text } = await onServer();
    expect(document).toMatchObject({
      version: '1.4.0',
      published: 'now',
      signed: true,
      server: server.url,
      tag: 'v1.4.0',
      assets: [{ name: 'pikit-1.4.0.tar.gz' }, {}, { sha256: built.manifestSha256 }],
    });
    expect(JSON.stringify(document) + text).not.toContain(TOKEN);
    expect((await onServer()).document).toMatchObject({ published: 'before', uploaded: [] });
  });

  it('takes notes from a file and marks a pre-release', async () => {
    const notes = join(dir.path, 'notes.md');
    await writeFile(notes, '* better');
    await onServer({ notes, prerelease: true, tag: '1.4.0' });
    const [release] = server.releases();
    expect(release).toMatchObject({ notes: '* better', prerelease: true, tag: '1.4.0' });
    await writeFile(notes, 'x'.repeat(65 * 1024));
    await expectCode(onServer({ notes }), 'too-large');
    await expectCode(onServer({ notes: `${notes}.none` }), 'invalid-request');
    await expectCode(onServer({ notes: dir.path }), 'invalid-request');
  });

  it('publishes on GitHub', async () => {
    const github = await startGithubServer(TOKEN);
    try {
      const { url, repository, uploadUrl } = github;
      const where = { server: url, repository, flavor: 'github', 'upload-server': uploadUrl };
      expect((await onServer(where)).document).toMatchObject({ published: 'now' });
      expect(github.store.all()).toMatchObject([{ tag: 'v1.4.0', draft: false }]);
    } finally {
      await github.close();
    }
  });

  it('says plainly that a release is not signed', async () => {
    await rm(`${built.manifest}.minisig`);
    await expectCode(onServer(), 'signature-missing');
    const { document, text } = await onServer({ unsigned: true });
    expect(document).toMatchObject({ signed: false });
    expect(text).toContain('NOT SIGNED');
  });

  it('publishes into a directory', async () => {
    const target = join(dir.path, 'www');
    expect((await run({ dir: target })).document).toMatchObject({ published: 'now', dir: target });
    expect((await run({ dir: target })).document).toMatchObject({ published: 'before' });
  });

  it.each<readonly [string, Arguments['values']]>([
    ['no flavor', { flavor: undefined }],
    ['an unknown flavor', { flavor: 'gitlab' }],
    ['no repository', { repository: undefined }],
    ['a repository without an owner', { repository: 'dashboard' }],
    ['a tag of another version', { tag: 'v1.4.1' }],
    ['a directory besides', { dir: '/x' }],
    ['neither server nor directory', { server: undefined }],
    ['a server for uploads on Gitea', { 'upload-server': 'https://up.example' }],
    ['options of a server for a directory', { dir: '/x', server: undefined }],
  ])('refuses %s', async (_what, values) => {
    await expectCode(onServer(values), 'invalid-request');
    expect(server.requests).toEqual([]);
  });

  it('wants one directory', async () => {
    await expectCode(publish.run({ values: { dir: '/x' }, positionals: [] }), 'invalid-request');
    await expectCode(run({ dir: '/x' }, built.dir, built.dir), 'invalid-request');
  });

  it('sends nothing over http to another machine', async () => {
    await expectCode(onServer({ server: 'http://git.example.org' }), 'source-invalid');
  });

  it('refuses what is no release before it asks anybody', async () => {
    const empty = join(dir.path, 'empty');
    await mkdir(empty);
    await expectCode(run({ dir: join(dir.path, 'www') }, empty), 'file-missing');
  });
});
