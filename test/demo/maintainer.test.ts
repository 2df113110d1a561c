/** What the demo offers must be what a maintainer would publish: packed, signed, and the same at the next start. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verify } from '../../deploy/release/src/commands/verify.ts';
import { buildRelease } from '../support/bundle-builder.ts';
import { withTempDir } from '../support/temp-dir.ts';
import { createMaintainer } from './maintainer.ts';

const CHANGELOG = 'http://127.0.0.1:8430/me/dashboard/releases/tag/v1.1.0';

const placesIn = (path: string) => ({
  home: join(path, 'maintainer'),
  releases: join(path, 'releases'),
});

/** As a device with the key sees it. */
async function verified(path: string, directory: string): Promise<object> {
  const values = { key: join(path, 'maintainer/demo.pub') };
  return (await verify.run({ values, positionals: [directory] })).document;
}

describe('createMaintainer', () => {
  it('packs a sample with spans, and signs it with the key of the sandbox', async () => {
    await withTempDir(async (path) => {
      const maintainer = await createMaintainer(placesIn(path));
      expect(maintainer.publicKey).toContain(`minisign public key ${maintainer.keyId}\n`);
      const { dir, assets } = await maintainer.release('1.1.0', CHANGELOG);
      expect(assets).toHaveLength(3);
      expect(await verified(path, dir)).toMatchObject({
        version: '1.1.0',
        signedBy: { keyId: maintainer.keyId },
        files: 5,
        spans: 5,
      });
    });
  });

  it('keeps key and release from one start to the next', async () => {
    await withTempDir(async (path) => {
      const first = await createMaintainer(placesIn(path));
      const before = await first.release('1.0.0', CHANGELOG);
      const signature = await readFile(join(before.dir, 'manifest.json.minisig'), 'utf8');
      const second = await createMaintainer(placesIn(path));
      // On another port, of which the release that is installed knows nothing.
      const after = await second.release('1.0.0', CHANGELOG.replace('8430', '8431'));
      expect(second).toMatchObject({ publicKey: first.publicKey, isLate: false });
      expect(after.manifestSha256).toBe(before.manifestSha256);
      expect(await readFile(join(after.dir, 'manifest.json.minisig'), 'utf8')).toBe(signature);
    });
  });

  it('signs what an earlier demo left without a signature, and says that it does', async () => {
    await withTempDir(async (path) => {
      const { home, releases } = placesIn(path);
      const files = { 'pikit-web/index.html': 'page' };
      const old = await buildRelease({ version: '1.0.0', files }, releases);
      const maintainer = await createMaintainer({ home, releases });
      expect(maintainer.isLate).toBe(true);
      const { manifestSha256, dir } = await maintainer.release('1.0.0', CHANGELOG);
      expect(manifestSha256).toBe(old.manifestSha256);
      expect(await verified(path, dir)).toMatchObject({ signedBy: { keyId: maintainer.keyId } });
    });
  });
});
