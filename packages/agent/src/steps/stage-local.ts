/**
 * Files that the device has already: an equal file of an installed release is hard-linked into the new tree instead of
 * being fetched and written. It is trusted when its content was hashed, now or when it was last known to be as it is.
 */
import type { Sha256 } from '@pikit/protocol';
import { treePath, type TreeName } from '../core/layout.ts';
import type { TreeFile, TreeRecord } from '../core/tree-record.ts';
import type { Disk, Entry } from '../ports.ts';
import type { IsUnchanged } from './fingerprints.ts';
import { unlessUnreadable } from './unless-unreadable.ts';

/** An installed file, as its tree's record says it should be. */
interface Place {
  readonly tree: TreeName;
  readonly file: TreeFile;
}

export interface Library {
  /** Digest to the installed files that should have this content. */
  readonly places: ReadonlyMap<Sha256, readonly Place[]>;
  /** Known without reading it. */
  readonly isUnchanged: (place: Place, entry: Entry) => boolean;
}

/** `running` and its files come first, for of them alone it may be known that they are unchanged. */
export function libraryOf(
  trees: ReadonlyMap<TreeName, TreeRecord>,
  running?: { readonly tree: TreeName; readonly isUnchanged: IsUnchanged },
): Library {
  const places = new Map<Sha256, Place[]>();
  const order = [...trees].toSorted(([one], [other]) => rankOf(one) - rankOf(other));
  function rankOf(name: TreeName): number {
    return name === running?.tree ? 0 : 1;
  }
  for (const [tree, { files }] of order) {
    for (const file of files) {
      const same = places.get(file.sha256);
      if (same === undefined) places.set(file.sha256, [{ tree, file }]);
      else same.push({ tree, file });
    }
  }
  return {
    places,
    isUnchanged: ({ tree, file }, entry) =>
      tree === running?.tree && running.isUnchanged(file, entry),
  };
}

/** True when `path` now is a link to an installed file with just this content and mode. */
export async function linkInstalled(
  disk: Disk,
  library: Library,
  wanted: { readonly sha256: Sha256; readonly mode: number },
  path: string,
): Promise<boolean> {
  for (const place of library.places.get(wanted.sha256) ?? []) {
    if (place.file.mode !== wanted.mode) continue;
    const installed = `${treePath(place.tree)}/${place.file.path}`;
    const isKnown = (entry: Entry): boolean => library.isUnchanged(place, entry);
    if (!(await isWhole(disk, installed, wanted, isKnown))) continue;
    if (await disk.link(installed, path)) return true;
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
