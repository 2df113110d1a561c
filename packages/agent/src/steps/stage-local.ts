/**
 * Files that the device has already: an equal file of an installed release is hard-linked into the new tree instead of
 * being fetched and written. It is trusted when its content was hashed, now or when it was last known to be as it is.
 */
import type { Sha256 } from '@pikit/protocol';
import { treePath, type TreeName } from '../core/layout.ts';
import type { TreeRecord } from '../core/tree-record.ts';
import type { Disk, Entry } from '../ports.ts';
import type { IsUnchanged } from './fingerprints.ts';
import { unlessUnreadable } from './unless-unreadable.ts';

/** An installed file, as its tree's record says it should be. */
interface Place {
  readonly path: string;
  readonly mode: number;
  /** Known without reading it. */
  readonly isUnchanged: (entry: Entry) => boolean;
}

/** Digest to the installed files that should have this content. */
export type Library = ReadonlyMap<Sha256, readonly Place[]>;

/** `running` and its files come first, for of them alone it may be known that they are unchanged. */
export function libraryOf(
  trees: ReadonlyMap<TreeName, TreeRecord>,
  running?: { readonly tree: TreeName; readonly isUnchanged: IsUnchanged },
): Library {
  const library = new Map<Sha256, Place[]>();
  const order = [...trees].toSorted(([one], [other]) => rankOf(one) - rankOf(other));
  function rankOf(name: TreeName): number {
    return name === running?.tree ? 0 : 1;
  }
  for (const [name, { files }] of order) {
    for (const file of files) {
      const places = library.get(file.sha256) ?? [];
      places.push({
        path: `${treePath(name)}/${file.path}`,
        mode: file.mode,
        isUnchanged: (entry) => name === running?.tree && running.isUnchanged(file, entry),
      });
      library.set(file.sha256, places);
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
    if (place.mode !== wanted.mode) continue;
    if (!(await isWhole(disk, place.path, wanted, place.isUnchanged))) continue;
    if (await disk.link(place.path, path)) return true;
  }
  return false;
}

/**
 * True when a regular file stands there with this content and mode. It is read unless it `isKnown`; one that cannot be read is as
 * good as none.
 */
export async function isWhole(
  disk: Disk,
  path: string,
  { sha256, mode }: { readonly sha256: Sha256; readonly mode: number },
  isKnown: (entry: Entry) => boolean = () => false,
): Promise<boolean> {
  const entry = await disk.lstat(path);
  if (entry?.kind !== 'file' || entry.mode !== mode) return false;
  return isKnown(entry) || (await digestOf(disk, path)) === sha256;
}

/** Undefined for what cannot be read: a sector of the card is bad, or the file has just gone. */
export async function digestOf(disk: Disk, path: string): Promise<Sha256 | undefined> {
  return unlessUnreadable(async () => (await disk.hash(path)).sha256);
}
