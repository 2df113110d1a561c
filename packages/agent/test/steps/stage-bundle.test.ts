/**
 * Bundles that hold something else than their manifest says, and unusual ones that are right. The whole corpus of hostile
 * bundles, and what they must not touch, is tried in `test/security`.
 */
import { Sha256Schema, UpdateError } from '@pikit/protocol';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ODD } from '../../../../test/fixtures/hostile/odd.ts';
import { member, tarGz, type RawMember } from '../../../../test/fixtures/hostile/raw-tar.ts';
import {
  honestManifest,
  json,
  listed,
  type OddCase,
} from '../../../../test/fixtures/hostile/release.ts';
import { STRUCTURE } from '../../../../test/fixtures/hostile/structure.ts';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { preflight } from '../../src/steps/preflight.ts';
import { staging } from '../../src/steps/staging.ts';
import { verifying } from '../../src/steps/verifying.ts';
import { rawEntry } from '../support/tar-blocks.ts';
import { createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/www/pikit-web/index.html', 'old page');
});
afterEach(() => bench.close());

async function lay({ publish }: OddCase): Promise<void> {
  const dir = join(bench.root, 'media/releases/2.0.0');
  await mkdir(dir, { recursive: true });
  const site = { version: '2.0.0', outside: '/outside', key: createMinisignKey() };
  const { bundle, manifest } = publish(site);
  await writeFile(join(dir, 'pikit-2.0.0.tar.gz'), bundle);
  await writeFile(join(dir, 'manifest.json'), manifest);
}

describe('unpackBundle', () => {
  it.each(STRUCTURE)('refuses $name', async (hostile) => {
    await lay(hostile);
    const result = await bench.apply('2.0.0');
    expect(result).toMatchObject({ outcome: 'failed', error: { code: hostile.code } });
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('old page');
  });

  it.each(ODD)('accepts $name', async (odd) => {
    await lay(odd);
    expect(await bench.apply('2.0.0')).toMatchObject({ outcome: 'committed' });
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>2.0.0</h1>\n');
    const script = await stat(bench.host('/usr/local/bin/pikit-api.py'));
    expect((script.mode & 0o7777).toString(8)).toBe('755');
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
  const lone = { name: 'pikit-web/empty/', type: '5' };
  const page = { name: 'pikit-web/index.html', content: 'x' };
  const released = (bundle: Uint8Array): OddCase => ({
    name: 'with one page',
    publish: ({ version }) => ({
      bundle,
      manifest: json({ ...honestManifest(version), files: [listed(page)] }),
    }),
  });
  const bundleOf = (...members: readonly RawMember[]): OddCase =>
    released(tarGz(...members.map((each) => member(each))));

  it('are not made for their own sake', async () => {
    await lay(bundleOf(lone, page));
    expect(await bench.apply('2.0.0')).toMatchObject({ outcome: 'committed' });
    expect(await readdir(bench.host('/var/lib/pikit/current/pikit-web'))).toEqual(['index.html']);
  });

  it('are refused in the place of a file', async () => {
    const instead = { ...lone, name: page.name };
    await lay(bundleOf(instead, page));
    expect(await bench.apply('2.0.0')).toMatchObject({ error: { code: 'entry-refused' } });
  });

  it('are refused when there is no end of them', { timeout: 60_000 }, async () => {
    const many = Buffer.alloc(512 * 100_001, rawEntry({ name: 'd/', typeflag: '5' }));
    await lay(released(gzipSync(many)));
    expect(await bench.apply('2.0.0')).toMatchObject({ error: { code: 'too-large' } });
  });
});

describe('fetchBundle', () => {
  it.each([{ sha256: '0'.repeat(64) }, { size: 1_000_000 }])(
    'refuses a bundle that is not the one of the manifest: %o',
    async (promise) => {
      await bench.publish({
        version: '2.0.0',
        files: { 'pikit-web/index.html': 'x' },
        manifest: { bundle: { name: 'pikit-2.0.0.tar.gz', ...promise } },
      });
      expect(await bench.apply('2.0.0')).toMatchObject({
        outcome: 'failed',
        error: { code: 'hash-mismatch', details: { path: 'bundle.tar.gz' } },
      });
    },
  );
});
