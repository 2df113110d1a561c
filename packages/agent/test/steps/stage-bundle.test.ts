/**
 * Bundles that hold something else than their manifest says, and unusual ones that are right. The whole corpus of hostile
 * bundles, and what they must not touch, is tried in `test/security`.
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ODD } from '../../../../test/fixtures/hostile/odd.ts';
import type { OddCase } from '../../../../test/fixtures/hostile/release.ts';
import { STRUCTURE } from '../../../../test/fixtures/hostile/structure.ts';
import { createMinisignKey } from '../../../../test/support/minisign-key.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

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
  it.each(STRUCTURE.filter(({ needs }) => needs === undefined))(
    'refuses $name',
    async (hostile) => {
      await lay(hostile);
      const result = await bench.apply('2.0.0');
      expect(result).toMatchObject({ outcome: 'failed', error: { code: hostile.code } });
      expect(await bench.see('/var/www/pikit-web/index.html')).toBe('old page');
    },
  );

  it.each(ODD)('accepts $name', async (odd) => {
    await lay(odd);
    expect(await bench.apply('2.0.0')).toMatchObject({ outcome: 'committed' });
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>2.0.0</h1>\n');
    const script = await stat(bench.host('/usr/local/bin/pikit-api.py'));
    expect((script.mode & 0o7777).toString(8)).toBe('755');
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
