/** A hostile bundle that is not hostile proves nothing: the archives must hold what their names say, as real `tar` lists it. */
import { execFileSync } from 'node:child_process';
import { ManifestSchema } from '@pikit/protocol/manifest';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { expandingBundle, HOSTILE_BUNDLES, ODD_BUNDLES } from './hostile-bundles.ts';

const listing = (bundle: Uint8Array) =>
  execFileSync('tar', ['tPvzf', '-'], { input: bundle, encoding: 'utf8', stdio: 'pipe' });
const named = async (name: string) => {
  const hostile = HOSTILE_BUNDLES.find((bundle) => bundle.name === name);
  if (hostile === undefined) throw new Error(`no hostile bundle is called ${name}`);
  return listing((await hostile.build()).bundle);
};

describe('hostile bundles', () => {
  it.each(HOSTILE_BUNDLES)('has a valid manifest: $name', async ({ build }) => {
    const release = await build('3.1.4');
    const manifest = v.parse(ManifestSchema, JSON.parse(Buffer.from(release.manifest).toString()));
    expect(manifest.version).toBe('3.1.4');
    expect(release.assets.map(({ name }) => name)).toEqual(['pikit-3.1.4.tar.gz', 'manifest.json']);
  });

  it('really hold the path, type or mode that they are named for', async () => {
    expect(await named('a path with dot-dot')).toContain(' ../evil\n');
    expect(await named('an absolute path')).toContain(' /tmp/evil\n');
    expect(await named('dot-dot that a PAX record brings')).toContain(' ../../evil\n');
    expect(await named('a symlink that leaves the release')).toMatch(/^l.*out -> \/etc$/m);
    expect(await named('a hard link to a file of the system')).toMatch(
      /^h.*link to \/etc\/passwd$/m,
    );
    expect(await named('a device node')).toMatch(/^b.*179,0/m);
    expect(await named('a named pipe')).toMatch(/^p/m);
    expect((await named('a file twice')).match(/index\.html/g)).toHaveLength(2);
  });

  it('are refused by tar itself when they are damaged', async () => {
    const damaged = HOSTILE_BUNDLES.filter(({ code }) => code === 'bundle-invalid');
    expect(damaged).toHaveLength(4);
    for (const { build } of damaged) {
      const { bundle } = await build();
      expect(() => listing(bundle)).toThrow(/tar|gzip/);
    }
  });

  it('expand far beyond their own size', async () => {
    const { bundle } = await expandingBundle(20).build();
    expect(bundle.length).toBeLessThan(100_000);
    expect(listing(bundle)).toContain(' 20971520 ');
  });
});

describe('odd bundles', () => {
  it.each(ODD_BUNDLES)('is readable by tar: $name', async ({ build }) => {
    expect(listing((await build()).bundle)).toContain('pikit-web/index.html');
  });

  it('really carries the set-uid bit', async () => {
    const [setuid] = ODD_BUNDLES;
    const { bundle } = (await setuid?.build()) ?? {};
    expect(listing(bundle ?? Buffer.alloc(0))).toMatch(/^-rwsr-sr-x.*pikit-api\.py$/m);
  });
});
