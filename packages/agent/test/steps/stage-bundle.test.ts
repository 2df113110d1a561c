/** Bundles that must be refused, each with the code that is due and with nothing touched outside staging. */
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  expandingBundle,
  HOSTILE_BUNDLES,
  ODD_BUNDLES,
  type RawRelease,
} from '../../../../test/support/hostile-bundles.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

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
