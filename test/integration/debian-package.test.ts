/**
 * `npm run deb` in a checkout of its own: that two builds give the same bytes, what is in the package, and that Debian's own
 * checks of it and of its scripts say nothing.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyCheckout } from '../support/checkout-copy.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const missing = ['dh', 'dpkg-buildpackage', 'lintian', 'shellcheck'].find(
  (program) => spawnSync(program, ['--version']).error !== undefined,
);
const NOTE = missing === undefined ? '' : ` (skipped: no ${missing})`;

const deploy = (path: string): string => join(repositoryRoot(), 'deploy', path);

interface Made {
  readonly package: string;
  readonly version: string;
  readonly sha256: string;
}

describe.skipIf(missing !== undefined)(`the Debian package${NOTE}`, () => {
  let temp: TempDir;
  let checkout: string;
  let made: Made;
  beforeAll(async () => {
    temp = await makeTempDir('/var/tmp');
    checkout = join(temp.path, 'checkout');
    await copyCheckout(checkout);
    made = JSON.parse(deb('one').stdout) as Made;
  });
  afterAll(() => temp.remove());

  const deb = (out: string, umask = '022') =>
    spawnSync(
      'sh',
      ['-c', `umask ${umask}; npm --prefix checkout run -s deb -- --json --out ${out}`],
      { cwd: temp.path, encoding: 'utf8' },
    );

  it('has the version of the product, and is for every device', async () => {
    const { version } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as Made;
    expect(made).toMatchObject({
      version,
      package: join(temp.path, `one/pikit_${version}_all.deb`),
    });
    const fields = execFileSync('dpkg-deb', ['-f', made.package, 'Version', 'Architecture']);
    expect(fields.toString()).toBe(`Version: ${version}\nArchitecture: all\n`);
  });

  it('is made of the same bytes by whoever builds it, and whenever', () => {
    const again = JSON.parse(deb('two', '077').stdout) as Made;
    expect(again.sha256).toBe(made.sha256);
  });

  it('brings the factory release, what starts it, and the settings', () => {
    const list = execFileSync('dpkg-deb', ['-c', made.package]).toString();
    const units = readdirSync(deploy('systemd')).map((unit) => `lib/systemd/system/${unit}`);
    for (const path of [
      ...units,
      'usr/lib/pikit/pikit-agent.mjs',
      'usr/lib/pikit/version',
      'usr/share/pikit/ui/pikit-updates.js',
      'usr/lib/sysusers.d/pikit.conf',
      'usr/lib/tmpfiles.d/pikit.conf',
      'usr/share/doc/pikit/README.md',
      'usr/share/doc/pikit/operations.md',
      'usr/bin/pikit-rpc -> ../lib/pikit/start',
    ]) {
      expect(list).toContain(`./${path}\n`);
    }
    const control = execFileSync('dpkg-deb', ['-I', made.package, 'conffiles']).toString();
    expect(control.trim().split('\n')).toEqual([
      '/etc/nginx/snippets/pikit.conf',
      '/etc/pikit/api.toml',
      '/etc/pikit/updater.toml',
    ]);
  });

  it('gives lintian nothing to say', () => {
    const args = ['--fail-on', 'error,warning', '--allow-root', made.package];
    const { status, stdout } = spawnSync('lintian', args, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('is not made while the changelog of the package is behind', async () => {
    const file = join(checkout, 'deploy/debian/changelog');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('(0.1.0)', '(0.0.9)'));
    const { status, stdout } = deb('behind');
    expect({ status, ...(JSON.parse(stdout) as object) }).toMatchObject({
      status: 1,
      error: { code: 'version-unknown', details: { found: '0.0.9' } },
    });
  });

  it.each([
    'start',
    'install.sh',
    'uninstall.sh',
    'guard',
    'debian/pikit.preinst',
    'debian/pikit.prerm',
    'debian/pikit.postrm',
  ])('%s is shell as POSIX has it', (script) => {
    const { status, stdout } = spawnSync('shellcheck', [deploy(script)], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
