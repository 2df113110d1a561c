/**
 * What `pikit-release pack` makes, as others read it: GNU tar, bsdtar and Python's tarfile unpack what the sources hold, and the agent installs it. The program itself is started, as a maintainer starts it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkbench, type Workbench } from '../../packages/agent/test/support/workbench.ts';
import { repositoryRoot } from '../support/repository-root.ts';

const VERSION = '2.0.0';
const PROGRAM = join(repositoryRoot(), 'deploy/release/dist/pikit-release.mjs');

const FILES: Readonly<Record<string, string>> = {
  'dist/index.html': 'page',
  'dist/empty.txt': '',
  'dist/block.bin': 'x'.repeat(1024),
  'dist/assets/app.js': 'y'.repeat(700_000),
  [`dist/${'n'.repeat(180)}.js`]: 'long name',
  [`dist/${'directory/'.repeat(20)}a.js`]: 'long path',
  'dist/Größe – 東京 🍓.js': 'foreign name',
  'api.py': 'print()',
};
const LINKS: Readonly<Record<string, string>> = {
  'dist/start.html': 'index.html',
  'dist/latest': 'assets',
  [`dist/assets/${'l'.repeat(110)}`]: `../${'n'.repeat(180)}.js`,
};

const CONFIG = `version = "${VERSION}"
released = "2026-11-26"
changelog = "https://example.org/v{version}"
post_install = ["restart pikit-api"]
[[entry]]
from = "dist"
to = "pikit-web"
[[entry]]
from = "api.py"
to = "pikit-api.py"
mode = "0755"
`;

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  const sources = join(bench.root, 'sources');
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(sources, path)), { recursive: true });
    await writeFile(join(sources, path), content);
    await chmod(join(sources, path), 0o600);
  }
  for (const [path, to] of Object.entries(LINKS)) await symlink(to, join(sources, path));
  await writeFile(join(sources, 'pikit-release.toml'), CONFIG);
});
afterEach(() => bench.close());

interface Packed {
  readonly bundle: string;
  readonly seekableRatio: number;
}

function pack(): Packed {
  const args = [PROGRAM, 'pack', '--json', '--out', join(bench.root, 'media/releases')];
  const cwd = join(bench.root, 'sources');
  return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: 'utf8' })) as Packed;
}

type Tree = Readonly<Record<string, string>>;

function fileText(mode: number, content: string | Uint8Array): string {
  return `${(mode & 0o777).toString(8)} ${createHash('sha256').update(content).digest('hex')}`;
}

/** What stands below a directory: content of files with their mode, text of links. */
async function treeOf(directory: string, prefix = ''): Promise<Tree> {
  const found: Tree[] = [];
  for (const name of await readdir(directory)) {
    const [place, path] = [join(directory, name), `${prefix}${name}`];
    const stats = await lstat(place);
    if (stats.isSymbolicLink()) found.push({ [path]: `-> ${await readlink(place)}` });
    else if (stats.isDirectory()) found.push(await treeOf(place, `${path}/`));
    else found.push({ [path]: fileText(stats.mode, await readFile(place)) });
  }
  return Object.assign({}, ...found) as Tree;
}

const released = (path: string): string =>
  path.replace(/^dist\//, 'pikit-web/').replace(/^api/, 'pikit-api');
const EXPECTED = Object.fromEntries([
  ...Object.entries(FILES).map(([path, content]) => [
    released(path),
    fileText(path === 'api.py' ? 0o755 : 0o644, content),
  ]),
  ...Object.entries(LINKS).map(([path, to]) => [released(path), `-> ${to}`]),
]) as Tree;

/** `OUT` and `IN` stand for the directory and the archive. */
const PROGRAMS: readonly (readonly string[])[] = [
  ['tar', '-xzf', 'IN', '-C', 'OUT'],
  ['bsdtar', '-xzf', 'IN', '-C', 'OUT'],
  [
    'python3',
    '-c',
    `import sys, tarfile
with tarfile.open(sys.argv[1]) as tar:
    tar.extractall(sys.argv[2])`,
    'IN',
    'OUT',
  ],
];

function isThere([program = '']: readonly string[]): boolean {
  const found = spawnSync(program, ['--version']).error === undefined;
  if (!found) process.stderr.write(`skipped: there is no ${program} here\n`);
  return found;
}

describe('a packed bundle is unpacked whole by', () => {
  it.each(PROGRAMS.filter(isThere))('%s', async (...command) => {
    const { bundle } = pack();
    const out = join(bench.root, 'unpacked');
    await mkdir(out);
    const places = new Map([
      ['IN', bundle],
      ['OUT', out],
    ]);
    const [program = '', ...args] = command.map((word) => places.get(word) ?? word);
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    const { status, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(await treeOf(out)).toEqual(EXPECTED);
  });
});

/** A page as a bundler writes it: files of some size. Of many tiny ones being seekable costs more. */
const DISTS = ['packages/ui/dist', 'node_modules/vite/dist', 'node_modules/valibot/dist'];

describe('a packed bundle is at most 5 % larger than tar c | gzip -9 of the same tree', () => {
  it.each(DISTS)('%s', async (dist) => {
    const from = join(repositoryRoot(), dist);
    const entry = `changelog = "https://example.org"\n[[entry]]\nfrom = "${from}"\nto = "web"\n`;
    await writeFile(join(bench.root, 'sources/pikit-release.toml'), `version = "1.0.0"\n${entry}`);
    const { seekableRatio } = pack();
    expect(seekableRatio).toBeLessThanOrEqual(1.05);
    expect(seekableRatio).toBeGreaterThan(0.95);
  });
});

describe('the agent', () => {
  it('installs a packed release', async () => {
    pack();
    expect(await bench.apply(VERSION)).toMatchObject({ outcome: 'committed', error: null });
    const web = Object.entries(EXPECTED).filter(([path]) => path.startsWith('pikit-web/'));
    expect(await treeOf(bench.host('/var/www/pikit-web'))).toEqual(
      Object.fromEntries(web.map(([path, content]) => [path.slice('pikit-web/'.length), content])),
    );
    const script = await lstat(await realpath(bench.host('/usr/local/bin/pikit-api.py')));
    expect((script.mode & 0o777).toString(8)).toBe('755');
  });
});
