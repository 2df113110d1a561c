/** What the builder makes must be what a maintainer makes by hand: checked with `tar` and `sha256sum` themselves. */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ManifestSchema } from '@pikit/protocol/manifest';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { buildRelease, loadRelease } from './bundle-builder.ts';
import { startReleaseServer } from './release-server.ts';
import { withTempDir } from './temp-dir.ts';

const FILES = {
  'pikit-web/index.html': '<h1>1.1.0</h1>',
  'pikit-web/assets/app-1a2b.js': 'console.log(1)',
  'bin/pikit-helper.sh': { content: '#!/bin/sh\necho hello\n', mode: '755' },
};
const recipe = { version: '1.1.0', files: FILES };

const sh = (program: string, ...args: string[]) =>
  execFileSync(program, args, { encoding: 'utf8' });
const manifestOf = async (path: string) =>
  v.parse(ManifestSchema, JSON.parse(await readFile(path, 'utf8')));

describe('buildRelease', () => {
  it('makes the plan form: names with ./, a copy of the manifest, a minimal manifest', async () => {
    await withTempDir(async (dir) => {
      const built = await buildRelease(recipe, dir);
      expect(built.bundle).toBe(join(dir, '1.1.0', 'pikit-1.1.0.tar.gz'));
      const names = sh('tar', 'tzf', built.bundle).split('\n');
      expect(names).toContain('./manifest.json');
      expect(names).toContain('./pikit-web/assets/app-1a2b.js');
      const manifest = await manifestOf(built.manifest);
      expect(Object.keys(manifest)).toEqual(['version', 'changelog', 'files']);
      expect(sh('tar', 'xzOf', built.bundle, './manifest.json')).toBe(
        await readFile(built.manifest, 'utf8'),
      );
    });
  });

  it('promises the hashes and modes of what a real tar unpacks', async () => {
    await withTempDir(async (dir) => {
      const built = await buildRelease(recipe, dir);
      const out = join(dir, 'out');
      await mkdir(out);
      sh('tar', 'xzf', built.bundle, '-C', out);
      const { files } = await manifestOf(built.manifest);
      expect(files).toHaveLength(3);
      for (const { path, sha256, mode } of files) {
        expect(sh('sha256sum', join(out, path)).slice(0, 64)).toBe(sha256);
        const bits = (await stat(join(out, path))).mode & 0o777;
        expect(bits.toString(8)).toBe(mode ?? '644');
      }
      expect(sh('sha256sum', built.manifest).slice(0, 64)).toBe(built.manifestSha256);
    });
  });

  it('makes the full form: sizes and the digest of the bundle, no copy inside', async () => {
    await withTempDir(async (dir) => {
      const built = await buildRelease({ ...recipe, form: 'full' }, dir);
      const manifest = await manifestOf(built.manifest);
      expect(manifest.files[0]?.size).toBe(14);
      expect(manifest.bundle?.sha256).toBe(sh('sha256sum', built.bundle).slice(0, 64));
      const names = sh('tar', 'tzf', built.bundle).split('\n');
      expect(names).toContain('pikit-web/index.html');
      expect(names).not.toContain('manifest.json');
    });
  });

  it('puts overrides into the manifest as they are', async () => {
    await withTempDir(async (dir) => {
      const built = await buildRelease({ ...recipe, manifest: { product: 'other' } }, dir);
      expect((await manifestOf(built.manifest)).product).toBe('other');
    });
  });

  it('can be found again on disk and published', async () => {
    await withTempDir(async (dir) => {
      const built = await buildRelease(recipe, dir);
      expect(await loadRelease('1.1.0', dir)).toEqual(built);
      const server = await startReleaseServer();
      server.publish(built);
      const path = '44r0n7/pi-kit/releases/download/v1.1.0/manifest.json';
      const response = await fetch(`${server.url}/${path}`);
      expect(await response.text()).toBe(await readFile(built.manifest, 'utf8'));
      await server.close();
    });
  });
});
