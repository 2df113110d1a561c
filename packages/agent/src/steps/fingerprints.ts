/**
 * Keeps the marks of the release that runs, once it is committed and nothing more will be linked or removed, and reads them when
 * the next one is staged. Only files whose content was checked in the same transaction get a mark.
 */
import {
  encodeFingerprints,
  markOf,
  MAX_FINGERPRINTS,
  parseFingerprints,
  type Fingerprints,
} from '../core/fingerprints.ts';
import { FINGERPRINTS_FILE, treePath, treeRecordPath, type TreeName } from '../core/layout.ts';
import type { TreeFile, TreeRecord } from '../core/tree-record.ts';
import type { Digest, Disk, Entry } from '../ports.ts';
import type { StepContext } from './context.ts';
import { currentTree, readTree } from './trees.ts';
import { unlessUnreadable } from './unless-unreadable.ts';

/**
 * Last in the transaction. Does nothing unless the release that it was to install runs. What was written since the files were
 * checked gets no mark: services may have begun to write into what they were installed with.
 */
export async function recordFingerprints({ disk, digest, record }: StepContext): Promise<void> {
  const { kind, to } = record();
  const current = await currentTree(disk);
  if (kind === 'rollback' || current === undefined || current.name !== to.name) return;
  const tree = await readTree(disk, current.name);
  if (tree === undefined) return;
  // Written when the last of them had been checked.
  const checkedAt = timeOf(await disk.lstat(treeRecordPath(treePath(current.name))));
  const marks: string[] = [];
  for (const { path } of tree.files) {
    const entry = await disk.lstat(`${treePath(current.name)}/${path}`);
    const isChecked = entry !== undefined && timeOf(entry) <= checkedAt;
    marks.push(isChecked ? markOf(entry.fingerprint, digest) : '');
  }
  const content = encodeFingerprints({ tree: current.name, marks });
  await disk.writeUnsynced(FINGERPRINTS_FILE, content, 0o600);
}

/** When its content was written. */
export const timeOf = (entry: Entry | undefined): bigint =>
  BigInt(entry?.fingerprint.mtimeNs ?? -1);

/** Whether a file of the release that runs is unchanged since then; false where nobody knows. */
export type IsUnchanged = (file: TreeFile, entry: Entry) => boolean;

/** `tree` and `record`: of the release that runs. */
export async function readFingerprints(
  { disk, digest }: { readonly disk: Disk; readonly digest: Digest },
  tree: TreeName,
  { files }: TreeRecord,
): Promise<IsUnchanged> {
  const kept = await read(disk, tree, files.length);
  const marks = new Map(files.map(({ path }, index) => [path, kept?.marks[index]]));
  return ({ path }, { fingerprint }) => marks.get(path) === markOf(fingerprint, digest);
}

/** Without it files are read instead, which is all that it saves. */
function read(disk: Disk, tree: TreeName, files: number): Promise<Fingerprints | undefined> {
  return unlessUnreadable(async () => {
    const bytes = await disk.read(FINGERPRINTS_FILE, MAX_FINGERPRINTS);
    return bytes && parseFingerprints(bytes, tree, files);
  });
}
