/** The sum that is done before a download: for each filesystem, in bytes and in inodes, with room left for everyone else. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import type { ManifestFile } from '@pikit/protocol/manifest';
import {
  assertFits,
  assertWritable,
  MARGIN,
  needsOfRelease,
  onDisk,
  type Free,
  type Need,
} from '../../src/core/space.ts';
import type { TreeFile } from '../../src/core/tree-record.ts';
import { aFile, aManifest, aSha256 } from '../support/a-manifest.ts';

const aNeed = (path: string, bytes = 0, inodes = 0): Need => ({ path, bytes, inodes });

const free = (
  filesystem: string,
  freeBytes: number,
  freeInodes = 1e6,
  totalInodes = 1e7,
): Free => ({
  filesystem,
  mount: `/mnt/${filesystem}`,
  isReadOnly: false,
  freeBytes,
  totalInodes,
  freeInodes,
});

/** Two answers for the same filesystem, with so much room beyond the margin. */
const room = (bytes: number, inodes: number): readonly Free[] => {
  const root = free('root', MARGIN.bytes + bytes, MARGIN.inodes + inodes);
  return [root, root];
};

/** `free[i]` answers `needs[i]`. */
const fit = (needs: readonly Need[], free: readonly Free[]): void =>
  assertFits(needs.map((need, index) => ({ need, free: free[index] ?? expect.fail('no answer') })));

describe('assertWritable', () => {
  it('refuses a directory in which nothing can be written, and says what to do', async () => {
    const need = aNeed('/srv/dashboard', 0, 1);
    const there = { need, free: free('root', 1e9) };
    expect(() => assertWritable([there])).not.toThrow();
    const shut = { need, free: { ...there.free, isReadOnly: true } };
    const { details } = await expectCode(() => assertWritable([there, shut]), 'config-invalid');
    expect(details).toMatchObject({ file: '/etc/pikit/updater.toml', key: 'target' });
    expect(details['reason']).toMatch(
      /^\/srv\/dashboard is read-only .*\[Service\] \| ReadWritePaths=\/srv\/dashboard;/,
    );
  });

  it('does not blame the unit where the filesystem itself is read-only', async () => {
    const shut = { ...free('root', 1e9), isReadOnly: true };
    const claims = ['/srv/dashboard', '/var/tmp/pikit-update/1.1.0/bundle.tar.gz'].map((path) => ({
      need: aNeed(path, 0, 1),
      free: shut,
    }));
    const { details } = await expectCode(() => assertWritable(claims), 'write-failed');
    expect(details).toEqual({ path: claims[1]?.need.path, mount: shut.mount, errno: 'EROFS' });
  });
});

describe('assertFits', () => {
  it('leaves a margin of 16 MiB and 256 inodes', () => {
    expect(MARGIN).toEqual({ bytes: 16 * 1024 * 1024, inodes: 256 });
  });

  it.each([
    [
      'bytes',
      aNeed('/a', 1000),
      free('root', MARGIN.bytes + 1000),
      free('root', MARGIN.bytes + 999),
    ],
    ['inodes', aNeed('/a', 0, 10), free('root', 1e9, 266), free('root', 1e9, 265)],
  ])(
    'takes exactly what it needs of %s, and refuses one less',
    async (what, need, enough, short) => {
      expect(() => fit([need], [enough])).not.toThrow();
      const error = await expectCode(() => fit([need], [short]), 'no-space');
      expect(error.details).toMatchObject({ path: '/a', what });
    },
  );

  it('says how much is needed and how much is there', async () => {
    const error = await expectCode(() => fit([aNeed('/a', 500)], [free('root', 100)]), 'no-space');
    expect(error.details).toEqual({
      mount: '/mnt/root',
      path: '/a',
      what: 'bytes',
      needed: MARGIN.bytes + 500,
      free: 100,
    });
  });

  it('adds up what lies on one filesystem, with one margin', async () => {
    const needs = [aNeed('/var/tmp', 600, 5), aNeed('/var/lib', 600, 5)];
    expect(() => fit(needs, room(1200, 10))).not.toThrow();
    expect((await expectCode(() => fit(needs, room(1199, 10)), 'no-space')).details).toMatchObject({
      what: 'bytes',
      path: '/var/tmp',
    });
    expect((await expectCode(() => fit(needs, room(1200, 9)), 'no-space')).details).toMatchObject({
      what: 'inodes',
      needed: MARGIN.inodes + 10,
    });
  });

  it('does not let room on one filesystem help another', async () => {
    const needs = [aNeed('/tmp', 600), aNeed('/var', 600)];
    const apart = [free('tmp', MARGIN.bytes + 600), free('var', MARGIN.bytes + 599)];
    const error = await expectCode(() => fit(needs, apart), 'no-space');
    expect(error.details['path']).toBe('/var');
  });

  it('asks no inodes of a filesystem that has no fixed number of them', () => {
    expect(() => fit([aNeed('/a', 1, 1e9)], [free('btrfs', 1e9, 0, 0)])).not.toThrow();
  });

  it('refuses when all inodes of a filesystem are taken', async () => {
    const one = aNeed('/a', 0, 1);
    await expectCode(() => fit([one], [free('ext4', 1e9, 0, 1e7)]), 'no-space');
  });

  it('asks for nothing when nothing is needed', () => {
    expect(() => fit([], [])).not.toThrow();
    expect(() => fit([aNeed('/full')], [free('full', 0, 0)])).not.toThrow();
  });
});

describe('onDisk', () => {
  it('counts whole blocks', () => {
    expect(onDisk([0, 1, 4096, 4097])).toBe(4096 * 4);
    expect(onDisk([])).toBe(0);
  });
});

/** The tree and the directory with its record. */
const OWN = 2 * 4096;
const needs = (files: ManifestFile[], installed: readonly TreeFile[] = [], bundle = 1000) =>
  needsOfRelease(aManifest({ files }), installed, bundle);
const here = (sha256 = aSha256('b'), mode = 0o644, size = 3): TreeFile => ({
  path: 'x',
  sha256,
  mode,
  size,
});

const spanned = (path: string, offset: number, size = 9000): ManifestFile =>
  aFile(path, { mode: '644', size, span: [offset, 100] });

describe('needsOfRelease', () => {
  it('is the bundle, the files in whole blocks, and each directory', () => {
    const files = [
      aFile('web/a/index.html', { size: 10 }),
      aFile('web/b', { size: 5000, mode: '644' }),
    ];
    expect(needs(files)).toEqual({
      download: 1000,
      tree: { bytes: 4096 + 8192 + 2 * 4096 + OWN, inodes: 2 + 2 + 2 + 2 },
    });
  });

  it.each([
    ['that is here', { mode: '644', size: 9000 }, 0, 0],
    ['whose mode only the archive tells: it must be fetched to be looked at', {}, 1000, 0],
    ['that is here with another mode', { mode: '755', size: 9000 }, 1000, 12_288],
  ])('counts no bytes for a file %s', (_what, patch, download, bytes) => {
    const files = [aFile('index.html', { sha256: aSha256('b'), ...patch })];
    const { tree, ...rest } = needs(files, [here()]);
    expect({ ...rest, bytes: tree.bytes - OWN }).toEqual({ download, bytes });
  });

  it.each([
    ['five times the bundle where no size is known', [{}, {}], [], 5000],
    ['five times the bundle where one size is not known', [{ size: 10 }, {}], [], 5000],
    ['at least the sizes that are known', [{ size: 9000 }, {}], [], 12_288],
    ['less what is here', [{}, { sha256: aSha256('b') }], [here(aSha256('b'), 0o644, 600)], 4400],
  ])('takes for the bytes of the files %s', (_what, patches, installed, bytes) => {
    const files = patches.map((patch, index) => aFile(`f${String(index)}`, patch));
    expect(needs(files, installed).tree.bytes - OWN).toBe(bytes);
  });

  it.each<[string, ManifestFile[], number | undefined, number]>([
    ['nothing for members, which go straight into the tree', [spanned('a', 0)], undefined, 0],
    ['the patch that is the smaller way', [spanned('a', 0)], 40, 40],
    ['nothing for a patch that is the longer way', [spanned('a', 0)], 100, 0],
    ['the whole bundle where a span is missing', [spanned('a', 0), aFile('b')], undefined, 1000],
    ['the patch where the bundle has no spans', [aFile('b', { size: 1 })], 400, 400],
    ['the bundle where spans overlap', [spanned('a', 0), spanned('b', 50)], undefined, 1000],
  ])('lays down %s', (_what, files, patch, download) => {
    expect(needsOfRelease(aManifest({ files }), [], 1000, patch).download).toBe(download);
  });

  it('counts a link, and the directory that only links are in', () => {
    const manifest = aManifest({
      files: [aFile('a', { size: 1 })],
      links: [{ path: 'l/l', to: '../a' }],
    });
    expect(needsOfRelease(manifest, [], 0).tree).toEqual({
      bytes: 4096 + 4096 + OWN,
      inodes: 1 + 1 + 1 + 2 + 2,
    });
  });
});
