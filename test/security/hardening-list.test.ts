/**
 * The list of hardenings in the README of node-tar, the most attacked of its kind, item by item: what a bundle tries there
 * comes to nothing here. Each attack stands between honest files, so that a reader which skips what it dislikes is found.
 */
import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawTar, type RawEntry } from '../../packages/agent/test/support/tar-blocks.ts';
import { createWorkbench, type Workbench } from '../../packages/agent/test/support/workbench.ts';
import { honestManifest, json, listed as fileOf } from '../fixtures/hostile/release.ts';

const VERSION = '2.0.0';
const PAGE = { name: 'pikit-web/index.html', body: 'page' };
const SCRIPT = { name: 'pikit-api.py', body: 'print()' };
const PROMISED = [PAGE, SCRIPT].map(({ name, body }) => ({ name, content: body }));

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/etc/canary', 'untouched');
  await bench.put('/var/www/pikit-web/index.html', 'old page');
});
afterEach(() => bench.close());

const FILES = PROMISED.map((file) => fileOf(file));

/** With the manifest of the promised files, and what else it says. */
async function install(bundle: Uint8Array, more: Readonly<Record<string, unknown>> = {}) {
  const dir = join(bench.root, 'media/releases', VERSION);
  await mkdir(dir, { recursive: true });
  const manifest = { ...honestManifest(VERSION), files: FILES, ...more };
  await writeFile(join(dir, `pikit-${VERSION}.tar.gz`), bundle);
  await writeFile(join(dir, 'manifest.json'), json(manifest));
  return bench.apply(VERSION);
}

const symlink = (name: string, linkName: string): RawEntry => ({ name, typeflag: '2', linkName });

interface Attack {
  readonly item: string;
  readonly how: string;
  readonly code: ErrorCode;
  readonly entries: readonly RawEntry[];
  /** Links that the manifest lists. */
  readonly links?: Readonly<Record<string, string>>;
}

const refused = (item: string, how: string, ...entries: readonly RawEntry[]): Attack => ({
  item,
  how,
  code: 'entry-refused',
  entries,
});

const ATTACKS: readonly Attack[] = [
  refused('paths that walk up', 'a file', { name: '../evil', body: 'x' }),
  refused('paths that walk up', 'in the middle', { name: 'pikit-web/../../evil', body: 'x' }),
  refused('paths that walk up', 'a directory', { name: '../evil/', typeflag: '5' }),
  refused('paths that walk up', 'in the prefix of a header', { name: 'evil', prefix: '../..' }),
  refused('links out of the release', 'symbolic', symlink('pikit-web/l', '/etc')),
  refused('links out of the release', 'hard', {
    name: 'pikit-web/l',
    typeflag: '1',
    linkName: '/etc/canary',
  }),
  refused('writing through a link', 'that nobody listed', symlink('pikit-web/l', '../../etc'), {
    name: 'pikit-web/l/canary',
    body: 'x',
  }),
  {
    item: 'writing through a link',
    how: 'that the manifest lists',
    code: 'file-unexpected',
    entries: [symlink('pikit-web/l', 'a'), { name: 'pikit-web/l/evil', body: 'x' }],
    links: { 'pikit-web/a/b': '../index.html', 'pikit-web/l': 'a' },
  },
  refused(
    'writing through a link',
    'that takes the name of a file that was written',
    symlink(PAGE.name, '/etc/canary'),
  ),
  refused('absolute paths', 'a file', { name: '/etc/canary', body: 'x' }),
  refused('absolute paths', 'with two slashes', { name: '//etc/canary', body: 'x' }),
  refused('devices and pipes', 'a character device', { name: 'pikit-web/c', typeflag: '3' }),
  refused('devices and pipes', 'a block device', { name: 'pikit-web/b', typeflag: '4' }),
  refused('devices and pipes', 'a pipe', { name: 'pikit-web/p', typeflag: '6' }),
  refused('names that come twice', 'a file', { ...PAGE, body: 'evil' }),
  {
    ...refused('names that come twice', 'a link'),
    entries: [symlink('pikit-web/l', 'index.html'), symlink('pikit-web/l', 'index.html')],
    links: { 'pikit-web/l': 'index.html' },
  },
  refused('names that come twice', 'a file and a directory', {
    name: `${PAGE.name}/`,
    typeflag: '5',
  }),
  {
    item: 'names that are one in Unicode',
    how: 'in capitals',
    code: 'file-unexpected',
    entries: [{ name: 'pikit-web/INDEX.html', body: 'x' }],
  },
  {
    item: 'names that are one in Unicode',
    how: 'composed and decomposed',
    code: 'manifest-invalid',
    entries: [],
    links: { 'pikit-web/caf\u00e9': 'index.html', 'pikit-web/cafe\u0301': 'index.html' },
  },
  refused('names that are one in Unicode', 'in bytes that are no text', {
    name: 'pikit-web/\uFFFD',
    body: 'x',
  }),
  {
    item: 'files that shrink to nothing',
    how: 'and that nobody reads',
    code: 'too-large',
    entries: [{ name: 'manifest.json', body: Buffer.alloc(80 * 1024 * 1024) }],
  },
];

describe('the hardening list of node-tar', () => {
  it.each(ATTACKS)('$item, $how: $code', async ({ code, entries, links = {} }) => {
    const before = await lstat(bench.host('/etc/canary'));
    const bundle = gzipSync(rawTar(PAGE, ...entries, SCRIPT));
    const listed = Object.entries(links).map(([path, to]) => ({ path, to }));
    const work = install(bundle, { links: listed });
    const ended = await work.then(
      (result) => result?.error?.code,
      (error: unknown) => (error as { code?: unknown }).code,
    );
    expect(ended).toBe(code);
    const after = await lstat(bench.host('/etc/canary'));
    expect([after.ino, after.mtimeMs, after.size]).toEqual([before.ino, before.mtimeMs, 9]);
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('old page');
    expect(await readdir(bench.root)).toEqual(['etc', 'media', 'var']);
  });

  it('owners and modes of the archive: nothing counts but the owner’s execute bit', async () => {
    const entries = [
      { ...PAGE, mode: '0006777\0' },
      { ...SCRIPT, mode: '0001644\0' },
    ];
    const bundle = gzipSync(rawTar(...entries));
    expect(await install(bundle)).toMatchObject({ outcome: 'committed' });
    for (const [path, mode] of [
      [PAGE.name, 0o755],
      [SCRIPT.name, 0o644],
    ] as const) {
      const found = await lstat(bench.host(`/var/lib/pikit/current/${path}`));
      expect([path, found.mode & 0o7777, found.uid]).toEqual([path, mode, process.getuid?.()]);
    }
  });
});
