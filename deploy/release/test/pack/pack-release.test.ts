/** From a directory of sources to a release: the same bytes from everywhere, and nothing of one that a device would refuse. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  symlink,
  utimes,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { packRelease } from '../../src/pack/pack-release.ts';
import { readReleaseDirectory } from '../../src/release-directory.ts';

const CONFIG = `product = "pi-kit"
version = "1.4.0"
released = "2026-11-26"
expires = 90
changelog = "https://example.org/v{version}"
notes = "CHANGELOG.md"
post_install = ["restart pikit-api"]
[requires]
from = ">=1.2.0"
[[entry]]
from = "dist/"
to = "pikit-web/"
[[entry]]
from = "api.py"
to = "pikit-api.py"
mode = "0755"
`;

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
  await put('CHANGELOG.md', '## 1.4.0\n- faster\n## 1.3.0\n- older\n');
  await put('dist/index.html', 'page');
  await put('dist/assets/app.js', 'x'.repeat(70_000));
  await put('api.py', 'print()');
  await put('pikit-release.toml', CONFIG);
});
afterEach(() => dir.remove());

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(dir.path, 'src', path)), { recursive: true });
  await writeFile(join(dir.path, 'src', path), content);
}

const NOTHING = { version: undefined, released: undefined, epoch: undefined };
const pack = (from = 'src', out = 'out', isForced = false, previous: readonly string[] = []) =>
  packRelease({
    file: join(dir.path, from, 'pikit-release.toml'),
    out: join(dir.path, out),
    isForced,
    said: NOTHING,
    previous: previous.map((name) => join(dir.path, name)),
  });
const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('packRelease', () => {
  it('makes a bundle and the manifest of everything in it', async () => {
    await symlink('index.html', join(dir.path, 'src/dist/start.html'));
    const packed = await pack();
    const { manifest, bundle, bundleBytes } = await readReleaseDirectory(dirname(packed.bundle));
    expect(manifest).toMatchObject({
      format: 1,
      version: '1.4.0',
      product: 'pi-kit',
      released: '2026-11-26T00:00:00Z',
      expires: '2027-02-24T00:00:00Z',
      changelog: 'https://example.org/v1.4.0',
      notes: '- faster',
      requires: { from: '>=1.2.0' },
      post_install: ['restart pikit-api'],
      bundle: { name: 'pikit-1.4.0.tar.gz', size: bundleBytes, sha256: await sha256(bundle) },
      files: [
        { path: 'pikit-api.py', mode: '0755', size: 7 },
        { path: 'pikit-web/assets/app.js', mode: '0644', size: 70_000 },
        { path: 'pikit-web/index.html', mode: '0644', size: 4 },
      ],
      links: [{ path: 'pikit-web/start.html', to: 'index.html' }],
    });
    expect(packed).toEqual({
      version: '1.4.0',
      bundle,
      manifest: join(dirname(bundle), 'manifest.json'),
      sha256: await sha256(bundle),
      manifestSha256: await sha256(packed.manifest),
      files: 3,
      bytes: bundleBytes,
      seekableRatio: expect.any(Number),
      patches: [],
      warnings: [],
    });
    expect(packed.seekableRatio).toBeGreaterThan(0.5);
  });

  it('makes the same bytes elsewhere, at another time, in another order, with another umask and owner', async () => {
    const first = await pack();
    await cp(join(dir.path, 'src/dist'), join(dir.path, 'copy'), { recursive: true });
    await rename(join(dir.path, 'src'), join(dir.path, 'elsewhere'));
    // The file that was there first is written last.
    const elsewhere = join(dir.path, 'elsewhere/dist');
    execFileSync('rm', ['-r', elsewhere]);
    await mkdir(join(elsewhere, 'assets'), { recursive: true, mode: 0o700 });
    for (const name of ['assets/app.js', 'index.html']) {
      const content = await readFile(join(dir.path, 'copy', name));
      await writeFile(join(elsewhere, name), content, { mode: 0o600 });
      await utimes(join(elsewhere, name), 1, 1);
      if (process.getuid?.() === 0) await chown(join(elsewhere, name), 1234, 1234);
    }
    const second = await pack('elsewhere', 'out2');
    expect(await sha256(second.bundle)).toBe(await sha256(first.bundle));
    expect(await sha256(second.manifest)).toBe(await sha256(first.manifest));
    expect(second.manifestSha256).toBe(first.manifestSha256);
  });

  it('warns of what hardly anybody means to publish, and of what is of no use without a signature', async () => {
    await put('dist/.env', 'PASSWORD=secret');
    await put(
      'pikit-release.toml',
      CONFIG.replace('["restart', '["pikit-api.py --migrate", "restart'),
    );
    const { warnings } = await pack();
    expect(warnings).toEqual([
      '.env is in the release: pikit-web/.env (1 file)',
      'the command "pikit-api.py --migrate" needs a signature',
    ]);
  });

  it.each([
    [
      'a link that leaves the release',
      'manifest-invalid',
      () => symlink('../../x', join(dir.path, 'src/dist/x')),
    ],
    ['names that differ in case alone', 'manifest-invalid', () => put('dist/Index.html', '')],
    [
      'a command that is not there',
      'post-install-refused',
      () => put('pikit-release.toml', CONFIG.replace('restart pikit-api', 'bin/migrate')),
    ],
    [
      'no notes',
      'config-invalid',
      () => put('pikit-release.toml', CONFIG.replace('CHANGELOG.md', 'nothing.md')),
    ],
    [
      'what a device takes for a bomb, which only the bundle shows',
      'too-large',
      async () => {
        await put('dist/zeros.bin', '');
        await truncate(join(dir.path, 'src/dist/zeros.bin'), 40 * 1024 * 1024);
      },
    ],
    [
      'a place inside its own sources',
      'config-invalid',
      () => put('pikit-release.toml', CONFIG.replace('"dist/"', '"../"')),
    ],
  ] as const)('writes nothing of a release with %s', async (_what, code, spoil) => {
    await spoil();
    await expectCode(pack(), code);
    const left = await readdir(dir.path, { recursive: true });
    expect(left.filter((path) => !path.startsWith('src') && path !== 'out')).toEqual([]);
  });

  it.each(['pikit-release.toml', 'CHANGELOG.md'])(
    'packs nothing of a %s in Latin-1',
    async (name) => {
      const file = join(dir.path, 'src', name);
      await writeFile(
        file,
        Buffer.concat([await readFile(file), Buffer.from('# K\xfcche\n', 'latin1')]),
      );
      const error = await expectCode(pack(), 'config-invalid');
      expect(error.message).toContain('is not UTF-8');
    },
  );

  it('says that there is no configuration, and where one is to be had', async () => {
    const error = await expectCode(pack('nowhere'), 'config-invalid');
    expect(error.details).toMatchObject({ key: 'file' });
    expect(error.message).toContain('pikit-release.example.toml');
  });

  it('replaces another release of that version only when it is told to', async () => {
    const first = await pack();
    expect((await pack()).sha256).toBe(first.sha256);
    await put('dist/index.html', 'another page');
    await expectCode(pack(), 'invalid-request');
    expect(await sha256(first.bundle)).toBe(first.sha256);
    expect(await sha256((await pack('src', 'out', true)).bundle)).not.toBe(first.sha256);
  });
});
