/**
 * `npm run release` in checkouts of its own: what it answers, what is in the release, that two checkouts give the same bytes,
 * and that the agent installs the product as it installs a dashboard.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkbench, type Workbench } from '../../packages/agent/test/support/workbench.ts';
import { copyCheckout } from '../support/checkout-copy.ts';
import { repositoryRoot } from '../support/repository-root.ts';

const PIKIT_RELEASE = join(repositoryRoot(), 'deploy/release/dist/pikit-release.mjs');
const PROGRAMS = ['pikit-agent', 'pikit-api', 'pikit-rpc'];

interface Packed {
  readonly bundle: string;
  readonly manifest: string;
  readonly sha256: string;
  readonly seekableRatio: number;
  readonly version: string;
  readonly signature: string | null;
}

let bench: Workbench;
let here: string;
let elsewhere: string;
let packed: Packed;
let unpacked: string;

beforeAll(async () => {
  bench = await createWorkbench({
    targets: [
      { from: 'lib', to: '/usr/lib/pikit', kind: 'directory', copy: false },
      { from: 'ui', to: '/usr/share/pikit/ui', kind: 'directory', copy: false },
      { from: 'systemd', to: '/etc/systemd/system', kind: 'merge', copy: true },
    ],
    services: [],
  });
  here = join(bench.root, 'checkout');
  elsewhere = join(bench.root, 'a checkout/in another place');
  unpacked = join(bench.root, 'unpacked');
  await mkdir(unpacked);
  await copyCheckout(here);
  const key = [
    '--public',
    join(bench.root, 'maker.pub'),
    '--secret',
    join(bench.root, 'maker.key'),
  ];
  pikitRelease('keygen', '--no-password', ...key);
  packed = packedBy(release(here, 'media/releases', '--key', 'maker.key'));
  execFileSync('tar', ['-xzf', packed.bundle, '-C', unpacked]);
});
afterAll(() => bench.close());

const sha256Of = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

const pikitRelease = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [PIKIT_RELEASE, ...args], { encoding: 'utf8' });

/** `npm run -s release -- --json --out OUT …` for that checkout, by somebody who stands in the bench's directory. */
function release(checkout: string, ...[out = '', ...more]: readonly string[]) {
  const npm = ['--prefix', checkout, 'run', '-s', 'release', '--'];
  return spawnSync('npm', [...npm, '--json', '--out', out, ...more], {
    cwd: bench.root,
    encoding: 'utf8',
  });
}

function packedBy({ status, stdout, stderr }: ReturnType<typeof release>): Packed {
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'Building …\n' });
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as Packed;
}

const instructions = () => readFile(join(unpacked, 'doc/README.md'), 'utf8');

describe('a release of the product', () => {
  it('is told in one line, with its version, and costs little to be seekable', async () => {
    const text = await readFile(join(here, 'package.json'), 'utf8');
    const { version } = JSON.parse(text) as { version: string };
    const place = join(bench.root, 'media/releases', version);
    expect(packed).toMatchObject({
      version,
      bundle: join(place, `pikit-${version}.tar.gz`),
      manifest: join(place, 'manifest.json'),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      signature: join(place, 'manifest.json.minisig'),
    });
    expect(packed.seekableRatio).toBeLessThanOrEqual(1.05);
    expect(packed.seekableRatio).toBeGreaterThan(0.95);
  });

  it('is whole, and signed with the key that was given', () => {
    const place = join(packed.manifest, '..');
    expect(pikitRelease('verify', place, '--key', join(bench.root, 'maker.pub'))).toMatch(
      /is whole: .*\nsigned by [0-9A-F]{16}/,
    );
  });

  it.each(PROGRAMS)('has %s, which runs with nothing beside it', (program) => {
    const path = join(unpacked, 'lib', `${program}.mjs`);
    const { stdout } = spawnSync(path, ['--help'], { cwd: unpacked, encoding: 'utf8' });
    expect(stdout).toContain(program);
  });

  it('is installed by the agent', async () => {
    expect(await bench.apply(packed.version)).toMatchObject({ outcome: 'committed', error: null });
    expect(await bench.see('/usr/share/pikit/ui/pikit-updates.js')).toContain('pikit-updates');
    expect(await bench.see('/etc/systemd/system/pikit-agent.service')).toContain('[Service]');
    const { stdout } = spawnSync(bench.host('/usr/lib/pikit/pikit-rpc.mjs'), ['--help']);
    expect(stdout.toString()).toContain('pikit-rpc');
  });

  it('has all that the instructions for a device name', async () => {
    const table = (await instructions()).matchAll(/^\| `([^`]+)` +\|/gm);
    const named = [...table].flatMap(([, path = '']) => (path.startsWith('/') ? [] : path));
    expect(named.length).toBeGreaterThan(8);
    for (const path of named) {
      const there = spawnSync('sh', ['-c', `ls -d ${path}`], { cwd: unpacked, encoding: 'utf8' });
      expect({ path, stderr: there.stderr }).toEqual({ path, stderr: '' });
    }
  });

  it('is laid down by its install.sh, here into a directory, where a second run keeps settings', async () => {
    script('install.sh');
    await symlink(process.execPath, device('usr/bin/node'));
    const rpc = spawnSync(device('usr/bin/pikit-rpc'), ['--help'], { encoding: 'utf8' });
    await rm(device('usr/bin/node'));
    expect(rpc.stdout).toContain('pikit-rpc');
    const laidDown = ['usr/share/pikit/ui/index.html', 'usr/share/doc/pikit/operations.md'];
    for (const path of [...laidDown, 'etc/systemd/system/pikit-agent.service']) {
      expect(existsSync(device(path)), path).toBe(true);
    }
    await appendFile(device('etc/pikit/updater.toml'), '# mine\n');
    script('install.sh');
    expect(await readFile(device('etc/pikit/updater.toml'), 'utf8')).toContain('# mine');
  });

  it('is taken away by its uninstall.sh, which leaves the dashboard in plain files', async () => {
    const tree = device('var/lib/pikit/releases/1.0.0-aaaaaaaa');
    await mkdir(join(tree, 'pikit-web'), { recursive: true });
    await writeFile(join(tree, 'pikit-web/index.html'), 'the page');
    await symlink(tree, device('var/lib/pikit/current'));
    await mkdir(device('var/www'));
    await symlink(device('var/lib/pikit/current/pikit-web'), device('var/www/pikit-web'));
    script('uninstall.sh');
    await rm(device('var/lib/pikit'), { recursive: true });
    expect(await readFile(device('var/www/pikit-web/index.html'), 'utf8')).toBe('the page');
    expect(existsSync(device('usr/lib/pikit'))).toBe(false);
    expect(existsSync(device('etc/pikit/updater.toml'))).toBe(true);
    script('uninstall.sh', '--purge');
    const left = await readdir(device(''), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => !entry.isDirectory()).map(({ name }) => name)).toEqual([
      'index.html',
    ]);
  });
});

const device = (path: string): string => join(bench.root, 'device', path);

function script(name: string, ...args: readonly string[]): void {
  const all = [join(unpacked, name), '--root', device(''), ...args];
  const { status, stderr } = spawnSync('sh', all, { encoding: 'utf8' });
  expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' });
}

interface Sbom {
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly licenses: readonly { readonly license: { readonly id: string } }[];
    readonly hashes: readonly { readonly alg: string; readonly content: string }[];
    readonly properties: readonly { readonly value: string }[];
  }[];
}

const sbom = async () =>
  JSON.parse(await readFile(join(unpacked, 'doc/sbom.cdx.json'), 'utf8')) as Sbom;

describe('the bill of materials', () => {
  it('names just the packages that each program was bundled from', async () => {
    const { components } = await sbom();
    for (const program of PROGRAMS) {
      const text = await readFile(join(unpacked, 'lib', `${program}.mjs`), 'utf8');
      // The bundler writes the path of each module above it.
      const bundled = [...text.matchAll(/^ *\/\/ (node_modules\/(?:@[^/\n]+\/)?[^/\n]+)\//gm)];
      const listed = components.filter(({ properties }) =>
        properties.some(({ value }) => value === `lib/${program}.mjs`),
      );
      expect(listed.map((one) => one['bom-ref'])).toEqual(
        [...new Set(bundled.map(([, place]) => place))].toSorted((a = '', b = '') =>
          a < b ? -1 : 1,
        ),
      );
    }
    const inPage = components.filter(({ properties }) =>
      properties.some(({ value }) => value === 'ui'),
    );
    expect(inPage.map(({ name }) => name)).toEqual(['preact', 'vite']);
  });

  it('has version, licence and digest of each, and the text of each licence is there', async () => {
    const texts = await readFile(join(unpacked, 'doc/THIRD-PARTY-LICENSES'), 'utf8');
    const lock = JSON.parse(await readFile(join(here, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string; license: string; integrity: string }>;
    };
    for (const { 'bom-ref': place, version, purl, licenses, hashes } of (await sbom()).components) {
      const locked = lock.packages[place];
      expect({ place, version, licence: licenses[0]?.license.id }).toEqual({
        place,
        version: locked?.version,
        licence: locked?.license,
      });
      const digest = Buffer.from(hashes[0]?.content ?? '', 'hex').toString('base64');
      expect(`sha512-${digest}`).toBe(locked?.integrity);
      const name = place.replace(/.*node_modules\//, '');
      expect(purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${version}`);
      const directory = join(here, place);
      const file = (await readdir(directory)).find((each) => /^licen[cs]e/i.test(each)) ?? '';
      const licence = (await readFile(join(directory, file), 'utf8')).replaceAll('\r\n', '\n');
      expect(texts).toContain(`${name}@${version}`);
      expect(texts).toContain(licence.trim());
    }
  });
});

describe('another checkout', () => {
  beforeAll(() => copyCheckout(elsewhere));

  it('gives the same bytes', async () => {
    const again = packedBy(release(elsewhere, 'other releases'));
    expect(await readFile(again.manifest, 'utf8')).toBe(await readFile(packed.manifest, 'utf8'));
    expect(await sha256Of(again.bundle)).toBe(await sha256Of(packed.bundle));
  });

  it('gives no release with code whose licence is not there', async () => {
    await rm(join(elsewhere, 'node_modules/got/license'));
    const { status, stdout, stderr } = release(elsewhere, 'refused');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'licence-missing' } });
    expect(stderr).toContain('node_modules/got brings no text of its licence');
  });

  it.each([[['--unknown']], [['a word too much']]])('answers its usage to %j', (wrong) => {
    const { status, stdout, stderr } = release(elsewhere, 'refused', ...wrong);
    expect({ status, usage: stderr.includes('usage: npm run release') }).toEqual({
      status: 2,
      usage: true,
    });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'invalid-request' } });
  });
});
