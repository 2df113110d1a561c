/**
 * A device that no source reaches: the release comes from the browser in one file, made by the real `pikit-release` or by plain
 * `tar`, through the real api to the real agent, which believes it no more than any other.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransactionResult } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { END, rawEntry, rawHeader, rawTar } from '../../packages/agent/test/support/tar-blocks.ts';
import { buildRelease, type ReleaseRecipe } from '../support/bundle-builder.ts';
import { createMinisignKey } from '../support/minisign-key.ts';
import { tarRelease } from '../support/release-file.ts';
import { runRelease } from '../support/release-program.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { openScene, type Scene } from './scene.ts';

const maintainer = createMinisignKey();
const PAGE = '/var/www/pikit-web/index.html';
/** Port 9 of this machine discards, and nobody listens there. */
const NOWHERE = { kind: 'static', url: 'http://127.0.0.1:9' } as const;

let dir: TempDir;
let scene: Scene;
beforeEach(async () => {
  dir = await makeTempDir();
  scene = await openScene({
    source: NOWHERE,
    keys: { maintainer: maintainer.publicFile },
    product: 'pikit',
  });
});
afterEach(async () => {
  await scene.close();
  await dir.remove();
});

const aRelease = (version: string, patch: Partial<ReleaseRecipe> = {}): ReleaseRecipe => ({
  version,
  form: 'seekable',
  signer: maintainer,
  files: {
    'pikit-web/index.html': `page ${version}`,
    'pikit-web/photo.jpg': randomBytes(300_000),
    'pikit-api.py': `api ${version}`,
  },
  ...patch,
});

/** `change` what the folder holds before it becomes one file. */
async function fileOf(
  recipe: ReleaseRecipe,
  change: (folder: string) => Promise<unknown> = async () => undefined,
): Promise<Buffer> {
  const { dir: folder } = await buildRelease(recipe, join(dir.path, 'releases'));
  await change(folder);
  await tarRelease(folder, join(dir.path, 'release.tar'));
  return readFile(join(dir.path, 'release.tar'));
}

const left = async (path: string): Promise<readonly string[]> =>
  existsSync(join(scene.root, path)) ? readdir(join(scene.root, path)) : [];

const spoolIsEmpty = async (): Promise<boolean> =>
  (await left('var/lib/pikit-api')).every((name) => !name.startsWith('import'));

/** Accepted, and carried to its end. */
async function take(file: Buffer): Promise<TransactionResult> {
  const { status, body } = await scene.client.upload(file);
  expect({ status, body }).toMatchObject({ status: 202 });
  return ended((body as { transaction: string }).transaction);
}

async function ended(transaction: string): Promise<TransactionResult> {
  const result = async () => {
    const { last_result: last } = await scene.client.status();
    return last?.id === transaction ? last : undefined;
  };
  return waitFor(`the end of ${transaction}`, result, { timeoutMs: 60_000, everyMs: 100 });
}

async function expectUntouched(): Promise<void> {
  await waitFor('the spool to be empty', spoolIsEmpty);
  expect(await left('var/lib/pikit/staging')).toEqual([]);
  expect(await left('var/tmp/pikit-update')).toEqual([]);
  expect(await scene.client.status()).toMatchObject({ offered: null, ready: null });
  expect(await scene.see(PAGE)).toBe('old page');
}

async function expectRefused(file: Buffer, code: string): Promise<{ readonly details?: unknown }> {
  const { body } = await scene.client.upload(file);
  expect(body).toMatchObject({ code });
  await expectUntouched();
  return body as object;
}

const at = (name: string): string => join(dir.path, name);

async function spoil(folder: string): Promise<void> {
  const bundle = join(folder, 'pikit-1.1.0.tar.gz');
  await writeFile(bundle, (await readFile(bundle)).fill(7, 1000, 200_000));
}

async function run(...args: readonly string[]): Promise<void> {
  expect(await runRelease(args)).toMatchObject({ code: 0 });
}

describe('a release in a file', () => {
  it('comes from the maintainer’s own program, lies ready, and is installed by the ordinary order', async () => {
    await mkdir(at('sources'));
    await writeFile(at('sources/index.html'), 'page 1.1.0');
    const entry = '[[entry]]\nfrom = "sources"\nto = "pikit-web"\n';
    await writeFile(
      at('c.toml'),
      `version = "1.1.0"\nproduct = "pikit"\nchangelog = "https://example.org/1.1.0"\nreleased = "2026-11-26"\n${entry}`,
    );
    await run('keygen', '--public', at('own.pub'), '--secret', at('own.key'), '--no-password');
    await run('pack', '--config', at('c.toml'), '--out', at('out'));
    await run('sign', at('out/1.1.0'), '--key', at('own.key'));
    await run('export', at('out/1.1.0'), '--out', at('one.tar'));
    await writeFile(join(scene.root, 'etc/pikit/keys/own.pub'), await readFile(at('own.pub')));

    expect(await take(await readFile(at('one.tar')))).toMatchObject({
      outcome: 'staged',
      imported: true,
    });
    await waitFor('the spool to be empty', spoolIsEmpty);
    expect(await scene.see(PAGE)).toBe('old page');
    const { offered, ready } = await scene.client.status();
    expect(offered).toMatchObject({ version: '1.1.0', signedBy: { name: 'own' } });
    expect(ready?.manifestSha256).toBe(offered?.manifestSha256);

    // Neither a check that finds nobody nor a restart takes it away.
    expect((await scene.client.post('/api/update/check')).status).toBe(503);
    await scene.stack.killAgent();
    await scene.stack.startAgent();
    const order = { version: offered?.version, manifestSha256: offered?.manifestSha256 };
    const result = await scene.client.carryOut('/api/update/apply', order);
    expect(result).toMatchObject({ outcome: 'committed', bytesFetched: 0 });
    expect(await scene.see(PAGE)).toBe('page 1.1.0');
    expect(await scene.client.status()).toMatchObject({ current: '1.1.0', ready: null });
  });

  it('is refused by what it is, each time with its own code, and leaves the device as it was', async () => {
    const stranger = createMinisignKey();
    const { signer: _nobody, ...unsigned } = aRelease('1.1.0');
    await expectRefused(await fileOf(unsigned), 'signature-missing');
    await expectRefused(await fileOf(aRelease('1.1.0', { signer: stranger })), 'signature-invalid');
    const other = aRelease('1.1.0', { manifest: { product: 'another' } });
    await expectRefused(await fileOf(other), 'incompatible');
    await expectRefused(await fileOf(aRelease('0.9.0')), 'downgrade-refused');
    await expectRefused(await fileOf(aRelease('1.0.0')), 'already-installed');
    const tooNew = aRelease('1.1.0', { manifest: { requires: { updater: '>=99' } } });
    await expectRefused(await fileOf(tooNew), 'incompatible');
    for (const name of ['pikit-1.1.0.tar.gz', 'manifest.json']) {
      const file = await fileOf(aRelease('1.1.0'), async (folder) => rm(join(folder, name)));
      await expectRefused(file, 'file-missing');
    }
  });

  it('is refused when nobody can vouch for it: on a device without a key, too', async () => {
    await rm(join(scene.root, 'etc/pikit/keys/maintainer.pub'));
    const { details } = await expectRefused(await fileOf(aRelease('1.1.0')), 'signature-invalid');
    expect(details).toMatchObject({ reason: 'no public key in /etc/pikit/keys' });
  });

  it('is refused as a tar that no honest program writes', async () => {
    const whole = await fileOf(aRelease('1.1.0'));
    await expectRefused(whole.subarray(0, 100_000), 'bundle-invalid');
    await expectRefused(Buffer.from('a photo'), 'bundle-invalid');
    await expectRefused(Buffer.alloc(0), 'bundle-invalid');
    const bundle = { name: 'pikit-1.1.0.tar.gz', body: 'x' };
    const rest = [{ name: 'manifest.json', body: '{}' }, bundle];
    for (const entry of [
      { name: '../../etc/pikit/keys/x.pub', body: 'key' },
      { name: '/etc/pikit/version', body: '9' },
      { name: 'manifest.json', typeflag: '2', linkName: '/etc/shadow' },
      { name: 'manifest.json', typeflag: '1', linkName: 'pikit-1.1.0.tar.gz' },
      { name: 'zero', typeflag: '3' },
      { name: './manifest.json', body: 'twice' },
    ]) {
      await expectRefused(rawTar(entry, ...rest), 'entry-refused');
    }
    const many = Array.from({ length: 1200 }, (_, index) => rawHeader({ name: `f${index}` }));
    await expectRefused(Buffer.concat([...many, END]), 'too-large');
    const far = rawHeader({ name: 'manifest.json', size: '77777777777\0' });
    await expectRefused(Buffer.concat([far, rawEntry(bundle), END]), 'bundle-invalid');
  });

  it('is refused in the course of its transaction where the bundle is not the one of the manifest', async () => {
    const file = await fileOf(aRelease('1.1.0', { form: 'full' }), spoil);
    expect(await take(file)).toMatchObject({
      outcome: 'failed',
      imported: true,
      error: { code: 'hash-mismatch' },
    });
    await expectUntouched();
    // It says nothing against the release itself.
    expect(await take(await fileOf(aRelease('1.1.0')))).toMatchObject({ outcome: 'staged' });
    expect((await scene.client.status()).held_back).toBeNull();
  });

  it('makes way for a newer one, and goes when its owner takes it away', async () => {
    await take(await fileOf(aRelease('1.1.0')));
    const { id } = await take(await fileOf(aRelease('1.2.0')));
    expect(await scene.client.status()).toMatchObject({
      offered: { version: '1.2.0' },
      ready: { version: '1.2.0', transaction: id },
    });
    await scene.client.post('/api/update/cancel', { transaction: id });
    await expectUntouched();
  });
});
