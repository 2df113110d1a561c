/** A release is checked as a device would: the whole corpus of hostile releases ends with the codes that are due on a device. */
import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CORPUS, type Category } from '../../../../test/fixtures/hostile/corpus.ts';
import { ODD } from '../../../../test/fixtures/hostile/odd.ts';
import type { HostileCase, OddCase } from '../../../../test/fixtures/hostile/release.ts';
import { buildRelease, type BuiltRelease } from '../../../../test/support/bundle-builder.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import type { Arguments } from '../../src/command.ts';
import { verify } from '../../src/commands/verify.ts';
import { NEW, OLD, packVersion } from '../patch/scene.ts';

const run = (directory: string, ...keys: readonly string[]) =>
  verify.run({ values: { key: keys }, positionals: [directory] });

describe('verify', () => {
  const signer = createMinisignKey();
  let dir: TempDir;
  let built: BuiltRelease;
  let keyFile: string;
  beforeEach(async () => {
    dir = await makeTempDir();
    built = await aRelease({});
    keyFile = await keyFileOf('x.pub', signer.publicFile);
  });
  afterEach(() => dir.remove());

  const aRelease = (manifest: object) =>
    buildRelease(
      { version: '1.4.0', files: { a: 'page' }, form: 'full', signer, manifest: { ...manifest } },
      dir.path,
    );

  async function keyFileOf(name: string, text: string): Promise<string> {
    await writeFile(join(dir.path, name), text);
    return join(dir.path, name);
  }

  it('tells who vouches, and what was checked, and writes nothing', async () => {
    const before = await readdir(built.dir);
    const { document, text } = await run(built.dir, keyFile);
    expect(document).toMatchObject({
      version: '1.4.0',
      product: 'pikit',
      signedBy: { keyId: signer.id, signedAt: expect.stringMatching(/^20/) },
      files: 1,
      links: 0,
      spans: 0,
      unpackedBytes: 4,
      manifestSha256: built.manifestSha256,
    });
    expect(text).toContain(signer.id);
    expect(await readdir(built.dir)).toEqual(before);
  });

  it('says what it waits for, before a server answers', async () => {
    const said: string[] = [];
    const place = { values: {}, positionals: ['http://127.0.0.1:1/releases'] };
    await expectCode(
      verify.run(place, (words) => void said.push(words)),
      'offline',
    );
    expect(said).toEqual(['asking what is published there']);
  });

  it('looks at the patches, too', async () => {
    const first = await packVersion(dir.path, '2.0.0', OLD);
    const second = await packVersion(dir.path, '2.1.0', NEW, [first]);
    expect((await run(second)).document).toMatchObject({ patches: 1 });
    const patch = (await readdir(second)).find((name) => name.endsWith('.patch')) ?? '';
    await appendFile(join(second, patch), 'x');
    await expectCode(run(second), 'hash-mismatch');
  });

  it('says plainly that without a key nobody vouches', async () => {
    const { document, text } = await run(built.dir);
    expect(document).toMatchObject({ signedBy: null });
    expect(text).toContain('nobody vouches');
  });

  it('believes any of the keys, and no other', async () => {
    const other = await keyFileOf('other.pub', createMinisignKey().publicFile);
    expect((await run(built.dir, other, keyFile)).document).toMatchObject({
      signedBy: { keyId: signer.id },
    });
    await expectCode(run(built.dir, other), 'signature-invalid');
  });

  it('refuses a key file that holds none, or is not there', async () => {
    await expectCode(run(built.dir, await keyFileOf('y.pub', 'y')), 'config-invalid');
    await expectCode(run(built.dir, join(dir.path, 'gone.pub')), 'config-invalid');
  });

  it.each([
    ['has expired', { expires: '2020-01-01T00:00:00Z' }, 'release-expired'],
    ['would leave no key', { keys: { retire: [signer.id] } }, 'manifest-invalid'],
    ['runs what it lacks', { post_install: ['run'] }, 'post-install-refused'],
  ] as const)('refuses a release that %s', async (_what, manifest, code) => {
    built = await aRelease(manifest);
    await expectCode(run(built.dir, keyFile), code);
  });

  it('wants one directory with a release', async () => {
    await expectCode(verify.run({ values: {}, positionals: [] }), 'invalid-request');
    await expectCode(run(dir.path), 'file-missing');
  });

  const server = { server: 'https://x.example', repository: 'me/x', flavor: 'gitea' };
  it.each<readonly [string, Arguments['values'], readonly string[]]>([
    ['a version for a directory', { version: '1.4.0' }, ['DIR']],
    ['a token for a directory', { 'token-file': 'x' }, ['DIR']],
    ['a token for a plain web server', { 'token-file': 'x' }, ['https://x.example']],
    ['a repository without its server', { repository: 'me/x' }, ['https://x.example']],
    ['a server and an address', server, ['https://x.example']],
    ['a server without a repository', { ...server, repository: undefined }, []],
    ['two addresses', {}, ['https://x.example', 'https://y.example']],
  ])('refuses %s', async (_what, values, positionals) => {
    await expectCode(verify.run({ values, positionals }), 'invalid-request');
  });
});

let site: { dir: TempDir; key: ReturnType<typeof createMinisignKey>; keyFile: string };
beforeAll(async () => {
  const [dir, key] = [await makeTempDir(), createMinisignKey()];
  const keyFile = join(dir.path, 'site.pub');
  await writeFile(keyFile, key.publicFile);
  site = { dir, key, keyFile };
});
afterAll(() => site.dir.remove());

let published = 0;
async function publish({ version = '2.0.0', publish: make }: OddCase): Promise<string> {
  const home = join(site.dir.path, String((published += 1)));
  const { bundle, manifest, signature } = make({ version, outside: home, key: site.key });
  await mkdir(home);
  await writeFile(join(home, `pikit-${version}.tar.gz`), bundle);
  await writeFile(join(home, 'manifest.json'), manifest);
  if (signature !== undefined) await writeFile(join(home, 'manifest.json.minisig'), signature);
  return home;
}

/** What one device refuses for reasons of its own, and another takes: what runs there, its config, the name of the tag. */
const OF_ONE_DEVICE: readonly string[] = [
  'incompatible',
  'downgrade-refused',
  'already-installed',
  'a megabyte of spaces',
  'another version',
  'two files for one place',
  'a size above the limit of the device',
  'post-install: a unit of the system',
  'post-install: an option of systemctl',
];
const isForAll = ({ name, code }: HostileCase): boolean =>
  !OF_ONE_DEVICE.includes(name) && !OF_ONE_DEVICE.includes(code);

describe.each(Object.keys(CORPUS) as Category[])('verify refuses, of %s', (category) => {
  it.each(CORPUS[category].filter(isForAll))('$name: $code', async (one) => {
    const keys = category === 'signatures' ? [site.keyFile] : [];
    await expectCode(run(await publish(one), ...keys), one.code);
  });
});

describe('verify sees spans that lie', () => {
  it.each(ODD.filter(({ name }) => /spans?/.test(name)))('$name', async (one) => {
    await expectCode(run(await publish(one)), 'hash-mismatch');
  });
});

describe('verify is content with what is odd and right', () => {
  // Spans that lie are of no harm to a device, and still nothing to publish.
  it.each(ODD.filter(({ name }) => !/spans?/.test(name)))('$name', async (one) => {
    expect((await run(await publish(one))).document).toMatchObject({ version: '2.0.0' });
  });
});
