/**
 * Files that the device has already: an equal file of an installed release is hard-linked into the new tree instead of
 * being fetched and written. Its content is hashed before it is trusted.
 */
import { UpdateError, type Sha256 } from '@pikit/protocol';
import { treePath, type TreeName } from '../core/layout.ts';
import type { TreeRecord } from '../core/tree-record.ts';
import type { Disk } from '../ports.ts';

/** Digest to the paths of installed files that should have this content, with the mode they should have. */
export type Library = ReadonlyMap<
  Sha256,
  readonly { readonly path: string; readonly mode: number }[]
>;

export function libraryOf(trees: ReadonlyMap<TreeName, TreeRecord>): Library {
  const library = new Map<Sha256, { path: string; mode: number }[]>();
  for (const [name, { files }] of trees) {
    for (const { path, sha256, mode } of files) {
      const places = library.get(sha256) ?? [];
      places.push({ path: `${treePath(name)}/${path}`, mode });
      library.set(sha256, places);
    }
  }
  return library;
}

/** True when `path` now is a link to an installed file with just this content and mode. */
export async function linkInstalled(
  disk: Disk,
  library: Library,
  wanted: { readonly sha256: Sha256; readonly mode: number },
  path: string,
): Promise<boolean> {
  for (const place of library.get(wanted.sha256) ?? []) {
    if (place.mode !== wanted.mode || !(await isWhole(disk, place.path, wanted))) continue;
    await disk.makeDirectory(path.slice(0, path.lastIndexOf('/')));
    if (await disk.link(place.path, path)) return true;
  }
  return false;
}

/** True when a regular file stands there with this content and mode. One that cannot be read is as good as none. */
export async function isWhole(
  disk: Disk,
  path: string,
  { sha256, mode }: { readonly sha256: Sha256; readonly mode: number },
): Promise<boolean> {
  const entry = await disk.lstat(path);
  if (entry?.kind !== 'file' || entry.mode !== mode) return false;
  return (await digestOf(disk, path)) === sha256;
}

/** Undefined for what cannot be read: a sector of the card is bad, or the file has just gone. */
export async function digestOf(disk: Disk, path: string): Promise<Sha256 | undefined> {
  try {
    return (await disk.hash(path)).sha256;
  } catch (error) {
    if (error instanceof UpdateError) return undefined;
    throw error;
  }
}
