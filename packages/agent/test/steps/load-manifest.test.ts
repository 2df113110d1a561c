/** What cannot be read is as good as none; what it is worth its digest tells. */
import { expect, it } from 'vitest';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createDisk } from '../../src/adapters/disk-posix.ts';
import { loadManifest } from '../../src/steps/load-manifest.ts';
import { aSha256 } from '../support/a-manifest.ts';

const PATH = '/manifest.json';
const files = [{ path: 'a', sha256: aSha256('a') }];
const TEXT = JSON.stringify({ version: '1.0.0', changelog: '', files });

it('gives the manifest with its digest', () =>
  withTempDir(async (root) => {
    const disk = createDisk({ root });
    await disk.write(PATH, TEXT, 0o644);
    const loaded = await loadManifest(disk, PATH);
    expect(loaded?.value.files).toEqual(files);
    expect(loaded?.sha256).toBe((await disk.hash(PATH)).sha256);
  }));

it.each([
  ['is torn', TEXT.slice(0, 30)],
  ['is none', '{}'],
])('gives nothing for one that %s', (_what, text) =>
  withTempDir(async (root) => {
    const disk = createDisk({ root });
    await disk.write(PATH, text, 0o644);
    expect(await loadManifest(disk, PATH)).toBeUndefined();
  }),
);

it('gives nothing where none is', () =>
  withTempDir(async (root) => {
    expect(await loadManifest(createDisk({ root }), PATH)).toBeUndefined();
  }));
