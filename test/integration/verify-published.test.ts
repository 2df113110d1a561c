/**
 * `pikit-release verify` of what is published, with the real program, against each kind of source: an honest release is whole,
 * and whatever was done to it after publishing ends with the code that a directory with the same files ends with.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRelease } from '../support/bundle-builder.ts';
import type { Fault } from '../support/faults.ts';
import { createMinisignKey } from '../support/minisign-key.ts';
import { RELEASE_PROGRAM, runRelease } from '../support/release-program.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { gitea, github, TOKEN, web, type Asset, type Source } from './published-sources.ts';
import { aPage } from './scene.ts';

const signer = createMinisignKey();

let dir: TempDir;
let source: Source;
const at = (name: string): string => join(dir.path, name);

beforeEach(async () => {
  dir = await makeTempDir();
  await mkdir(at('tmp'));
  await writeFile(at('pi-kit.pub'), signer.publicFile);
});
afterEach(async () => {
  await source.close();
  await dir.remove();
});

async function build(version: string): Promise<readonly Asset[]> {
  const built = await buildRelease({ ...aPage(version), form: 'full', signer }, at('built'));
  const assets = built.assets.map(async ({ content }) => ({
    name: basename(content),
    content: await readFile(content),
  }));
  return Promise.all(assets);
}

async function publish(version: string): Promise<readonly Asset[]> {
  const assets = await build(version);
  const args = ['publish', join(at('built'), version), ...source.publish];
  const { code, stderr } = await runRelease(args, { PIKIT_RELEASE_TOKEN: TOKEN });
  expect([code, stderr]).toEqual([0, '']);
  return assets;
}

/** The answer, or the error of `--json`; nothing is left behind, and the token is in none of it. */
async function verify(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const all = ['verify', ...source.verify, '--key', at('pi-kit.pub'), '--json', ...args];
  const environment = { PIKIT_RELEASE_TOKEN: TOKEN, TMPDIR: at('tmp') };
  const { code, stdout, stderr } = await runRelease(all, environment);
  const document = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  expect(code).toBe(document['error'] === undefined ? 0 : 1);
  expect(stdout + stderr).not.toContain(TOKEN);
  expect(await readdir(at('tmp'))).toEqual([]);
  return document;
}

const without = (name: RegExp, assets: readonly Asset[]): readonly Asset[] =>
  assets.filter((one) => !name.test(one.name));
const the = (name: RegExp, assets: readonly Asset[]): readonly Asset[] =>
  assets.filter((one) => name.test(one.name));
const changed = (
  name: RegExp,
  assets: readonly Asset[],
  change: (content: Buffer) => Uint8Array,
): readonly Asset[] =>
  assets.map((one) =>
    name.test(one.name) ? { ...one, content: change(Buffer.from(one.content)) } : one,
  );

const BUNDLE = /gz$/;
const MANIFEST = /json$/;
const SIGNATURE = /minisig$/;

type Attack = readonly [
  string,
  (now: readonly Asset[], before: readonly Asset[]) => readonly Asset[],
  string,
];
const ATTACKS: readonly Attack[] = [
  [
    'a bundle of the same size was put in its place',
    (now) => changed(BUNDLE, now, (bytes) => bytes.fill(0, bytes.length - 8)),
    'hash-mismatch',
  ],
  [
    'a larger bundle was put in its place',
    (now) => changed(BUNDLE, now, (bytes) => Buffer.concat([bytes, bytes])),
    'too-large',
  ],
  [
    'a web page was put in the place of the bundle',
    (now) => changed(BUNDLE, now, () => Buffer.from('<html>')),
    'source-invalid',
  ],
  [
    'the signature is that of another version',
    (now, before) => [...without(SIGNATURE, now), ...the(SIGNATURE, before)],
    'signature-invalid',
  ],
  [
    'another version stands under its name',
    (now, before) => [...the(BUNDLE, now), ...without(BUNDLE, before)],
    'manifest-invalid',
  ],
  [
    'the manifest was written anew',
    (now) => changed(MANIFEST, now, (bytes) => Buffer.concat([bytes, Buffer.from('\n')])),
    'signature-invalid',
  ],
  ['the bundle is missing', (now) => without(BUNDLE, now), 'file-missing'],
  ['the manifest is missing', (now) => without(MANIFEST, now), 'file-missing'],
  ['the signature is missing', (now) => without(SIGNATURE, now), 'signature-missing'],
];
const DOUBLED = [BUNDLE, MANIFEST, SIGNATURE];

describe.each([
  ['Gitea', gitea],
  ['GitHub', github],
  ['a plain web server', web],
] as const)('pikit-release verify of %s', (_name, start) => {
  beforeEach(async () => {
    source = await start(dir.path);
  });

  it('checks the newest stable release, or the one that is named', async () => {
    for (const version of ['1.9.0', '1.10.0', '1.11.0-rc.1']) await publish(version);
    expect(await verify()).toMatchObject({ version: '1.10.0', signedBy: { keyId: signer.id } });
    expect(await verify('--version', 'v1.9.0')).toMatchObject({ version: '1.9.0' });
    expect(await verify('--version=1.11.0-rc.1')).toMatchObject({ version: '1.11.0-rc.1' });
    expect(await verify('--version=1.8.0')).toMatchObject({ error: { code: 'no-such-release' } });
    // Only a repository is told the token.
    expect(source.told().length > 0).toBe(start !== web);
  });

  it('refuses what was tampered with', async () => {
    const [before, now] = [await publish('1.3.0'), await publish('1.4.0')];
    expect(await verify()).toMatchObject({ version: '1.4.0' });
    for (const [what, tamper, code] of ATTACKS) {
      await source.show('1.4.0', tamper(now, before));
      expect(await verify(), what).toMatchObject({ error: { code } });
    }
    await source.show('1.4.0', now);
    expect(await verify()).toMatchObject({ version: '1.4.0' });
  });
});

const LIST = /api/;
const INDEX = /releases\.json$/;

describe.each<
  readonly [
    string,
    (directory: string) => Promise<Source>,
    readonly (readonly [string, Fault, string])[],
  ]
>([
  [
    'Gitea',
    gitea,
    [
      ['a manifest without an end', { path: /manifest\.json$/, endless: true }, 'too-large'],
      ['a bundle without an end', { path: /gz$/, endless: true }, 'too-large'],
      ['a signature without an end', { path: /minisig$/, endless: true }, 'too-large'],
      ['a bundle that breaks off', { path: /gz$/, cutAfterBytes: 20 }, 'download-failed'],
      ['a bundle that is cut short', { path: /gz$/, truncateLength: 20 }, 'hash-mismatch'],
      ['a page to sign in for the list', { path: LIST, html: true }, 'source-invalid'],
      ['a page to sign in for a file', { path: /manifest\.json$/, html: true }, 'source-invalid'],
      ['a server that is not well', { path: LIST, status: 503 }, 'source-refused'],
      ['an unknown repository', { path: LIST, status: 404 }, 'source-refused'],
    ],
  ],
  [
    'a plain web server',
    web,
    [
      ['an index without an end', { path: INDEX, endless: true }, 'too-large'],
      ['a page to sign in for the index', { path: INDEX, html: true }, 'source-invalid'],
      ['an unknown place', { path: INDEX, status: 404 }, 'source-refused'],
      ['a file that breaks off', { path: /manifest\.json$/, cutAfterBytes: 2 }, 'download-failed'],
    ],
  ],
])('pikit-release verify over a bad network, of %s', (_name, start, faults) => {
  beforeEach(async () => {
    source = await start(dir.path);
    await publish('1.4.0');
  });

  it('refuses what comes over it', async () => {
    for (const [what, fault, code] of faults) {
      const lift = source.fault(fault);
      expect(await verify(), what).toMatchObject({ error: { code } });
      lift();
    }
    expect(await verify()).toMatchObject({ version: '1.4.0' });
  });

  it('says when nobody answers', async () => {
    await source.close();
    expect(await verify()).toMatchObject({ error: { code: 'offline' } });
  });
});

describe('pikit-release verify', () => {
  it.each<readonly [string, () => Promise<Source>]>([
    ['Gitea', gitea],
    ['GitHub', github],
  ])('refuses a file that is attached twice to %s', async (_name, start) => {
    source = await start();
    const now = await publish('1.4.0');
    for (const twice of DOUBLED) {
      await source.show('1.4.0', [...now, ...the(twice, now)]);
      expect(await verify(), String(twice)).toMatchObject({ error: { code: 'source-invalid' } });
    }
  });

  it('leaves nothing behind when it is ended', async () => {
    source = await web(dir.path);
    await publish('1.4.0');
    source.fault({ path: /gz$/, stall: 20 });
    const args = [RELEASE_PROGRAM, 'verify', ...source.verify];
    const env = { ...process.env, TMPDIR: at('tmp') };
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await waitFor('the bundle', async () => {
      const [folder = ''] = await readdir(at('tmp'));
      return (await readdir(join(at('tmp'), folder))).some((name) => name.endsWith('gz'));
    });
    child.kill('SIGTERM');
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(await readdir(at('tmp'))).toEqual([]);
  });
});
