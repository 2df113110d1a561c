/** Bundles that must be refused, each with the code that is due and with nothing touched outside staging. */
import { Sha256Schema, UpdateError } from '@pikit/protocol';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  expandingBundle,
  HOSTILE_BUNDLES,
  ODD_BUNDLES,
  rawRelease,
  rawTarGz,
  type RawRelease,
} from '../../../../test/support/hostile-bundles.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { preflight } from '../../src/steps/preflight.ts';
import { staging } from '../../src/steps/staging.ts';
import { verifying } from '../../src/steps/verifying.ts';
import { rawEntry } from '../support/tar-blocks.ts';
import { createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/www/pikit-web/index.html', 'old page');
  await bench.put('/etc/canary', 'untouched');
});
afterEach(() => bench.close());

async function lay({ version, assets }: RawRelease): Promise<void> {
  const dir = join(bench.root, 'media/releases', version);
  await mkdir(dir, { recursive: true });
  for (const { name, content } of assets) await writeFile(join(dir, name), content);
}

describe('unpackBundle', () => {
  it.each([...HOSTILE_BUNDLES, expandingBundle(80)])('refuses $name', async ({ code, build }) => {
    await lay(await build('2.0.0'));
    const before = await stat(bench.host('/etc/canary'));
    const result = await bench.apply('2.0.0');
    expect(result).toMatchObject({ outcome: 'failed', error: { code } });
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('old page');
    const after = await stat(bench.host('/etc/canary'));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
    expect(await readdir(bench.root)).toEqual(['etc', 'media', 'var']);
    expect(await readdir(bench.host('/var/lib/pikit'))).toEqual([]);
  });

  it.each(ODD_BUNDLES)('accepts $name', async ({ build }) => {
    await lay(await build('2.0.0'));
    expect(await bench.apply('2.0.0')).toMatchObject({ outcome: 'committed' });
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>2.0.0</h1>\n');
    const script = await stat(bench.host('/usr/local/bin/pikit-api.py'));
    expect((script.mode & 0o7777).toString(8)).toMatch(/^(?:755|644)$/);
  });
});

describe('fetchBundle', () => {
  it('refuses a bundle that is not the one of the manifest', async () => {
    await bench.publish({
      version: '2.0.0',
      files: { 'pikit-web/index.html': 'x' },
      manifest: { bundle: { name: 'pikit-2.0.0.tar.gz', sha256: '0'.repeat(64) } },
    });
    expect(await bench.apply('2.0.0')).toMatchObject({
      outcome: 'failed',
      error: { code: 'hash-mismatch', details: { path: 'bundle.tar.gz' } },
    });
  });
});

async function begunUnsigned() {
  await bench.publish({ version: '2.0.0', files: { 'bin/run': 'x' } });
  return bench.begin('2.0.0');
}

const forbidden = async () => {
  throw new UpdateError('write-failed', 'EPERM', { details: { errno: 'EPERM' } });
};

describe('unpackBundle, special modes', () => {
  const files = { 'bin/run': { content: '#!/bin/sh', mode: '4755' } };

  /** Through the steps alone, as for a release that somebody signed. */
  async function stage(disk = bench.disk) {
    const begun = await begunUnsigned();
    const built = await bench.publish({ version: '2.0.0', files });
    const record = {
      ...begun,
      manifestSha256: v.parse(Sha256Schema, built.manifestSha256),
      signedBy: 'A1B2C3D4',
    };
    await bench.disk.write(
      '/var/lib/pikit/staging/2.0.0/.pikit/manifest.json',
      await readFile(built.manifest),
      0o644,
    );
    const context = { ...bench.context(record), disk };
    for (const step of [preflight, staging, verifying]) await step(context, quiet());
  }

  it('are those of the manifest, and go into the record of the tree', async () => {
    await stage();
    const staged = await stat(bench.host('/var/lib/pikit/staging/2.0.0/bin/run'));
    expect(staged.mode & 0o7777).toBe(0o4755);
    const record = await bench.see('/var/lib/pikit/staging/2.0.0/.pikit/tree.json');
    expect(record).toContain('"special":2048');
  });

  it('are refused plainly where the unit of the agent forbids them', async () => {
    const error = await expectCode(stage({ ...bench.disk, create: forbidden }), 'incompatible');
    expect(error.details).toMatchObject({ required: 'RestrictSUIDSGID=no' });
  });
});

describe('unpackBundle, directories', () => {
  const lone = { name: 'pikit-web/empty/', type: 'directory' } as const;
  const page = { name: 'pikit-web/index.html', content: 'x' };

  it('are not made for their own sake', async () => {
    await lay(rawRelease(await rawTarGz([lone, page]), '2.0.0', [page]));
    expect(await bench.apply('2.0.0')).toMatchObject({ outcome: 'committed' });
    expect(await readdir(bench.host('/var/lib/pikit/current/pikit-web'))).toEqual(['index.html']);
  });

  it('are refused in the place of a file', async () => {
    const instead = { ...lone, name: page.name };
    await lay(rawRelease(await rawTarGz([instead, page]), '2.0.0', [page]));
    expect(await bench.apply('2.0.0')).toMatchObject({ error: { code: 'entry-refused' } });
  });

  it('are refused when there is no end of them', { timeout: 60_000 }, async () => {
    const many = Buffer.alloc(512 * 100_001, rawEntry({ name: 'd/', typeflag: '5' }));
    await lay(rawRelease(gzipSync(many), '2.0.0', [page]));
    expect(await bench.apply('2.0.0')).toMatchObject({ error: { code: 'too-large' } });
  });
});
