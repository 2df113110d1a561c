/** Temporary. */
import { UpdateError, VersionSchema } from '@pikit/protocol';
import * as v from 'valibot';
import type { Disk, ReleaseSource } from '../../src/ports.ts';

export function createDirSource({ path, disk }: { path: string; disk: Disk }): ReleaseSource {
  return {
    list: async () => {
      if ((await disk.lstat(path)) === undefined) throw new UpdateError('offline', 'gone');
      return (await disk.list(path)).map((name) => ({
        version: v.parse(VersionSchema, name),
        channel: 'stable' as const,
        notes: undefined,
        published: undefined,
        bundleBytes: undefined,
      }));
    },
    manifest: async (version, max) =>
      (await disk.read(`${path}/${version}/manifest.json`, max)) ?? new Uint8Array(),
    fetchBundle: async (version, to, { onBytes }) => {
      await disk.makeDirectory(to.slice(0, to.lastIndexOf('/')));
      await disk.resume(to, 0, disk.stream(`${path}/${version}/pikit-${version}.tar.gz`));
      const size = (await disk.lstat(to))?.size ?? 0;
      onBytes(size, size);
      return size;
    },
  };
}
