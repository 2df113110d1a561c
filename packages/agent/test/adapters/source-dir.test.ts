/** A USB stick as the source: folders named after versions, and a stick that is not there. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { createDisk } from '../../src/adapters/disk-posix.ts';
import { createDirSource } from '../../src/adapters/source-dir.ts';
import type { Disk, ReleaseSource } from '../../src/ports.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';
import { never } from './http-server.ts';
import { createRecordingFileSystem } from './recording-file-system.ts';

const version = aVersion;
const chosen = (text: string) => ({ version: version(text), manifestSha256: aSha256() });

async function publish(root: string, name: string, files: readonly string[]): Promise<void> {
  await mkdir(join(root, 'media/usb', name), { recursive: true });
  for (const file of files) await writeFile(join(root, 'media/usb', name, file), `${file}!`);
}

const withSource = (work: (source: ReleaseSource, root: string) => Promise<void>): Promise<void> =>
  withTempDir((root) =>
    work(createDirSource({ path: '/media/usb/', disk: createDisk({ root }) }), root),
  );

const fetchTo = (source: ReleaseSource, which: string, maxBytes = 1000, seen: number[] = []) =>
  source.fetchBundle(chosen(which), '/var/tmp/b', {
    maxBytes,
    signal: never,
    onBytes: (done) => seen.push(done),
  });

describe('createDirSource', () => {
  it('lists complete folders that are named after a version', () =>
    withSource(async (source, root) => {
      await publish(root, '1.0.0', ['manifest.json', 'pikit-1.0.0.tar.gz']);
      await publish(root, '1.1.0-rc.1', ['manifest.json', 'pikit-1.1.0-rc.1.tar.gz']);
      await publish(root, '1.2.0', ['manifest.json']);
      await publish(root, '1.3.0', ['manifest.json', 'pikit-1.0.0.tar.gz']);
      await publish(root, 'photos', ['manifest.json', 'pikit-photos.tar.gz']);
      expect(await source.list(never)).toEqual([
        expect.objectContaining({ version: '1.0.0', channel: 'stable', bundleBytes: 19 }),
        expect.objectContaining({ version: '1.1.0-rc.1', channel: 'beta' }),
      ]);
    }));

  it('gives manifest and bundle', () =>
    withSource(async (source, root) => {
      await publish(root, '1.0.0', ['manifest.json', 'pikit-1.0.0.tar.gz']);
      const manifest = await source.manifest(version('1.0.0'), 100, never);
      expect(Buffer.from(manifest).toString()).toBe('manifest.json!');
      const seen: number[] = [];
      expect(await fetchTo(source, '1.0.0', 1000, seen)).toBe(19);
      expect(seen).toEqual([19]);
      expect(await readFile(join(root, 'var/tmp/b'), 'utf8')).toBe('pikit-1.0.0.tar.gz!');
      await expectCode(source.manifest(version('1.0.0'), 5, never), 'too-large');
      await expectCode(fetchTo(source, '1.0.0', 5), 'too-large');
    }));

  it('takes no more than it was told, of a bundle that still grows', () =>
    withTempDir(async (root) => {
      const disk = createDisk({ root });
      const early: Disk = {
        ...disk,
        async lstat(path) {
          const entry = await disk.lstat(path);
          return path.endsWith('.tar.gz') && entry !== undefined ? { ...entry, size: 5 } : entry;
        },
      };
      await publish(root, '1.0.0', ['manifest.json', 'pikit-1.0.0.tar.gz']);
      const source = createDirSource({ path: '/media/usb', disk: early });
      expect(await fetchTo(source, '1.0.0', 5)).toBe(5);
      expect(await readFile(join(root, 'var/tmp/b'), 'utf8')).toBe('pikit');
    }));

  it('gives parts of any file of a release', () =>
    withSource(async (source, root) => {
      await publish(root, '1.0.0', ['manifest.json', 'pikit-1.0.0.tar.gz', 'a.patch']);
      const part = (name: string, offset: number, length: number) =>
        text(source.fetchPart(chosen('1.0.0'), { name, offset, length }, never));
      expect(await part('pikit-1.0.0.tar.gz', 6, 5)).toBe('1.0.0');
      expect(await part('a.patch', 0, 8)).toBe('a.patch!');
      await expectCode(part('a.patch', 4, 5), 'source-invalid');
      await expectCode(part('b.patch', 0, 1), 'no-such-release');
    }));

  it('says offline when the stick is not in, and no-such-release when it is', () =>
    withSource(async (source, root) => {
      const asking = [
        () => source.manifest(version('1.0.0'), 100, never),
        () => fetchTo(source, '1.0.0'),
      ];
      for (const ask of [() => source.list(never), ...asking]) await expectCode(ask, 'offline');
      await mkdir(join(root, 'media/usb'), { recursive: true });
      expect(await source.list(never)).toEqual([]);
      for (const ask of asking) await expectCode(ask, 'no-such-release');
    }));

  it('follows a mount point that is a link', () =>
    withTempDir(async (root) => {
      await publish(root, '1.0.0', ['manifest.json', 'pikit-1.0.0.tar.gz']);
      await symlink('media/usb', join(root, 'stick'));
      await symlink('round', join(root, 'round'));
      const disk = createDisk({ root });
      expect(await createDirSource({ path: '/stick', disk }).list(never)).toHaveLength(1);
      await expectCode(createDirSource({ path: '/round', disk }).list(never), 'offline');
    }));

  it('does not take a stick that is pulled out for a broken device', () =>
    withTempDir(async (root) => {
      await publish(root, '1.0.0', ['manifest.json', 'pikit-1.0.0.tar.gz']);
      const { fs, failOn } = createRecordingFileSystem(root);
      const source = createDirSource({ path: '/media/usb', disk: createDisk({ root, fs }) });
      failOn(/^read media/, 'EIO');
      await expectCode(fetchTo(source, '1.0.0'), 'download-failed');
    }));
});
