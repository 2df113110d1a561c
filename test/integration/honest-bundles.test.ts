/**
 * What honest programs write for ordinary files installs: every format of GNU tar, bsdtar and Python's tarfile, with short,
 * long and foreign names, and with links that the manifest lists. A strict reader is of no use when it refuses those.
 */
import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkbench, type Workbench } from '../../packages/agent/test/support/workbench.ts';

const VERSION = '2.0.0';

const SHORT = {
  'pikit-web/index.html': 'page',
  'pikit-web/empty.txt': '',
  'pikit-web/block.bin': 'x'.repeat(1024),
  'pikit-web/assets/app.js': 'y'.repeat(70_000),
  'pikit-api.py': 'print()',
};
/** More than 100 bytes, in one name and in many; a slash just where the old field for names ends. */
const LONG = {
  ...SHORT,
  [`pikit-web/${'n'.repeat(180)}.js`]: 'long name',
  [`pikit-web/${'directory/'.repeat(20)}a.js`]: 'long path',
  [`pikit-web/${'d'.repeat(50)}/${'e'.repeat(38)}/f`]: 'slash at the end of the field',
};
const FOREIGN = {
  ...LONG,
  'pikit-web/Größe – 東京 🍓.js': 'foreign name',
  [`pikit-web/${'ü'.repeat(100)}.js`]: 'long foreign name',
};
type Files = Readonly<Record<string, string>>;

interface Program {
  readonly name: string;
  readonly files: Files;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `OUT` and `IN` stand for the archive and the directory. */
const gnu = (format: string, files: Files, ...options: string[]): Program => ({
  name: ['tar', format, ...options].join(' '),
  files,
  command: ['tar', `--format=${format}`, ...options, '-czf', 'OUT', '-C', 'IN', '.'],
});
const bsd = (format: string, files: Files, ...options: string[]): Program => ({
  name: ['bsdtar', format, ...options].join(' '),
  files,
  command: ['bsdtar', `--format=${format}`, ...options, '-czf', 'OUT', '-C', 'IN', '.'],
});
const python = (format: string, files: Files): Program => ({
  name: `python ${format}`,
  files,
  command: [
    'python3',
    '-c',
    `import sys, tarfile
with tarfile.open(sys.argv[1], "w:gz", format=tarfile.${format}_FORMAT) as tar:
    tar.add(sys.argv[2], arcname=".")`,
    'OUT',
    'IN',
  ],
});

const PROGRAMS: readonly Program[] = [
  gnu('ustar', SHORT),
  gnu('gnu', FOREIGN),
  gnu('oldgnu', FOREIGN),
  gnu('posix', FOREIGN),
  gnu('posix', FOREIGN, '--pax-option=globexthdr.name=g,comment=made'),
  gnu('gnu', FOREIGN, '--owner=somebody:3000000', '--mtime=@-1'),
  gnu('gnu', FOREIGN, '-b', '1'),
  gnu('posix', FOREIGN, '--numeric-owner', '--sort=name', '--mtime=@0'),
  gnu('posix', FOREIGN, '--xattrs', '--acls'),
  bsd('ustar', SHORT),
  bsd('pax', FOREIGN),
  { ...bsd('pax', FOREIGN), name: 'bsdtar pax in the C locale', env: { LC_ALL: 'C' } },
  bsd('gnutar', LONG),
  python('USTAR', SHORT),
  python('GNU', FOREIGN),
  python('PAX', FOREIGN),
];

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

function isThere({ command: [program = ''], name }: Program): boolean {
  const found = spawnSync(program, ['--version']).error === undefined;
  if (!found) process.stderr.write(`skipped: ${name}, because there is no ${program} here\n`);
  return found;
}

async function lay({ files, command, env }: Program): Promise<void> {
  const tree = join(bench.root, 'tree');
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
    await chmod(join(tree, path), path.endsWith('.py') ? 0o4755 : 0o644);
  }
  const dir = join(bench.root, 'media/releases', VERSION);
  await mkdir(dir, { recursive: true });
  const places = new Map([
    ['OUT', join(dir, `pikit-${VERSION}.tar.gz`)],
    ['IN', tree],
  ]);
  const [program = '', ...given] = command.map((word) => places.get(word) ?? word);
  execFileSync(program, given, {
    stdio: 'pipe',
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...env },
  });
  const listed = Object.entries(files).map(([path, content]) => ({
    path,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  const document = { version: VERSION, changelog: 'https://example.org/2.0.0', files: listed };
  await writeFile(join(dir, 'manifest.json'), JSON.stringify(document));
}

describe('a bundle installs that was made by', () => {
  it.each(PROGRAMS.filter(isThere))('$name', async (program) => {
    await lay(program);
    expect(await bench.apply(VERSION)).toMatchObject({ outcome: 'committed', error: null });
    for (const [path, content] of Object.entries(program.files)) {
      const place = path === 'pikit-api.py' ? `/usr/local/bin/${path}` : `/var/www/${path}`;
      expect(await readFile(bench.host(place), 'utf8')).toBe(content);
    }
  });
});
