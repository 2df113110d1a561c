/** What an update takes, and of which filesystem: the sum is done for each place that is written. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Need } from '../../src/core/space.ts';
import { parseManifest } from '../../src/core/manifest.ts';
import { measureNeeds } from '../../src/steps/measure-needs.ts';
import { aVersion } from '../support/a-manifest.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

const BUNDLE = '/var/tmp/pikit-update/1.1.0/bundle.tar.gz';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
});
afterEach(() => bench.close());

/** Needs of the same place are added up. */
async function needs(
  version: string,
  bundleBytes = 100_000,
): Promise<Record<string, Omit<Need, 'path'>>> {
  const { source } = bench.tools;
  const bytes = await source.manifest(aVersion(version), 1e6, quiet());
  const parsed = parseManifest(bytes, aVersion(version));
  const sums: Record<string, Omit<Need, 'path'>> = {};
  for (const need of await measureNeeds(bench.tools, parsed, bundleBytes)) {
    const sum = sums[need.path] ?? { bytes: 0, inodes: 0 };
    sums[need.path] = { bytes: sum.bytes + need.bytes, inodes: sum.inodes + need.inodes };
  }
  return sums;
}

describe('measureNeeds', () => {
  it('counts bundle, tree, links, copies and the backup where they are written', async () => {
    const found = await needs('1.1.0');
    expect(Object.keys(found).toSorted()).toEqual([
      '/etc/cron.d',
      '/usr/local/bin',
      '/var/backups/pikit',
      '/var/lib/pikit/staging',
      BUNDLE,
      '/var/www',
    ]);
    expect(found[BUNDLE]).toEqual({ bytes: 100_000, inodes: 4 });
    expect(found['/usr/local/bin']).toEqual({ bytes: 0, inodes: 2 });
    expect(found['/etc/cron.d']).toMatchObject({ inodes: 1 });
  });

  it('counts what an earlier try has fetched as taken already', async () => {
    await bench.put(`${BUNDLE}.part`, 'x'.repeat(60_000));
    await bench.put('/var/tmp/pikit-update/1.0.0/bundle.tar.gz.part', 'x'.repeat(60_000));
    expect((await needs('1.1.0'))[BUNDLE]).toEqual({ bytes: 40_000, inodes: 4 });
    await bench.put(`${BUNDLE}.part`, 'x'.repeat(160_000));
    expect((await needs('1.1.0'))[BUNDLE]).toEqual({ bytes: 0, inodes: 0 });
  });

  it('counts nothing for what is staged already, and no bundle where all of it was verified', async () => {
    const staged = async () => (await needs('1.1.0'))['/var/lib/pikit/staging']?.bytes ?? 0;
    const before = await staged();
    const tree = '/var/lib/pikit/staging/1.1.0';
    await bench.put(`${tree}/pikit-web/index.html`, '<h1>1.1.0</h1>');
    await bench.put(`${tree}/pikit-api.py`, 'print("1.1.0")', 0o755);
    expect(await staged()).toBeLessThan(before);
    expect((await needs('1.1.0'))[BUNDLE]).toMatchObject({ bytes: 100_000 });
    await bench.put(`${tree}/.pikit/tree.json`, '{}');
    expect((await needs('1.1.0'))[BUNDLE]).toEqual({ bytes: 0, inodes: 0 });
  });

  it('adds the copy of what stands there before the first update', async () => {
    const without = (await needs('1.1.0'))['/var/lib/pikit/staging'] as Need;
    await bench.put('/var/www/pikit-web/index.html', 'x'.repeat(9000));
    const adopting = (await needs('1.1.0'))['/var/lib/pikit/staging'] as Need;
    // The directory and the file: the directory's own size depends on the filesystem.
    expect(adopting.inodes - without.inodes).toBe(2);
    expect(adopting.bytes - without.bytes).toBeGreaterThanOrEqual(12_288);
    expect(adopting.bytes - without.bytes).toBeLessThanOrEqual(12_288 + 4096);
  });

  it('counts nothing again that an installed release has, and no link that is there', async () => {
    await bench.apply('1.1.0');
    await bench.publish(aRelease('1.2.0', { files: aRelease('1.1.0').files }));
    const found = await needs('1.2.0', 1000);
    expect(Object.keys(found)).not.toContain('/usr/local/bin');
    expect(Object.keys(found)).not.toContain('/etc/cron.d');
    const changed = aRelease('1.3.0').files;
    await bench.publish(aRelease('1.3.0', { files: { ...aRelease('1.1.0').files, ...changed } }));
    expect(await needs('1.3.0', 1000)).toMatchObject({ '/etc/cron.d': { inodes: 1 } });
  });

  it('counts the link of a target that updater.toml did not have at the last update', async () => {
    await bench.apply('1.1.0');
    const web = { from: 'pikit-web', to: '/srv/web', kind: 'directory', copy: false } as const;
    const policy = { ...bench.tools.policy, targets: [...bench.tools.policy.targets, web] };
    const bytes = await bench.tools.source.manifest(aVersion('1.1.0'), 1e6, quiet());
    const manifest = parseManifest(bytes, aVersion('1.1.0'));
    const found = await measureNeeds({ ...bench.tools, policy }, manifest);
    expect(found).toContainEqual({ path: '/srv', bytes: 0, inodes: 1 });
    expect(found.map(({ path }) => path)).not.toContain('/var/www');
  });
});
