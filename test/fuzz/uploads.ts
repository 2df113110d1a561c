/**
 * A release in one file, as a browser brings it and the api lays it down: what its owner does about it. What a device makes of it is not
 * said here.
 */
import { IMPORT_FILE } from '../../packages/agent/src/core/layout.ts';
import type { Published } from '../crash/memory-bench.ts';
import { member, tar } from '../fixtures/hostile/raw-tar.ts';
import type { MemoryDisk } from '../support/memory-disk/memory-disk.ts';

export async function layUpload(
  { disk }: MemoryDisk,
  published: Published,
  version: string,
): Promise<void> {
  const files = [...(published.get(version)?.files ?? [])];
  const members = files.map(([path, content]) =>
    member({ name: path.slice(path.lastIndexOf('/') + 1), content }),
  );
  await disk.write(IMPORT_FILE, tar(...members), 0o600);
}

/** As the api does when it starts. */
export async function dropUpload({ disk }: MemoryDisk): Promise<void> {
  await disk.remove(IMPORT_FILE);
}
