/** Reading installed release trees: which there are, what each consists of, what a staged manifest says. */
import { UpdateError, type Version } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import type { JournalRecord, TreeRef } from '../core/journal-record.ts';
import {
  CURRENT,
  isTreeName,
  manifestPath,
  OWN_DIRECTORY,
  RELEASES,
  stagingPath,
  treePath,
  treeRecordPath,
  versionOfTree,
  type TreeName,
} from '../core/layout.ts';
import { assertVersion } from '../core/manifest.ts';
import { MAX_COPY_BYTES } from '../core/release-size.ts';
import { MAX_TREE_RECORD_BYTES, parseTreeRecord, type TreeRecord } from '../core/tree-record.ts';
import type { Disk } from '../ports.ts';
import { loadManifest } from './load-manifest.ts';
import { readOwnFiles } from './own-files.ts';
import { unlessUnreadable } from './unless-unreadable.ts';

/** The tree that runs, or undefined when `current` is not there or is not ours. */
export async function currentTree(disk: Disk): Promise<TreeRef | undefined> {
  return refOfLink(await disk.readLink(CURRENT));
}

/** The tree that a link of ours (`current`, a backup) names. */
export function refOfLink(text: string | undefined): TreeRef | undefined {
  const name = text?.startsWith(`${RELEASES}/`) === true ? text.slice(RELEASES.length + 1) : '';
  if (!isTreeName(name)) return undefined;
  const version = versionOfTree(name);
  return version === undefined ? undefined : { name, version };
}

export async function listTrees(disk: Disk): Promise<readonly TreeName[]> {
  return (await disk.list(RELEASES)).filter(isTreeName);
}

/**
 * Undefined when the tree is not there. A record that was torn is made up from the manifest; throws `state-damaged` when
 * there is none that can be believed either.
 */
export async function readTree(disk: Disk, name: TreeName): Promise<TreeRecord | undefined> {
  const { record } = await readOwnFiles(disk, name);
  const tree = treePath(name);
  if (record !== undefined || (await disk.lstat(tree)) === undefined) return record;
  throw new UpdateError('state-damaged', `${tree} has no record that can be read`, {
    details: { file: treeRecordPath(tree) },
  });
}

/** A file of an installed release, for a copy of it. Throws `state-damaged` when it is not there. */
export async function readTreeFile(disk: Disk, name: TreeName, path: string): Promise<Uint8Array> {
  const file = `${treePath(name)}/${path}`;
  const content = await disk.read(file, MAX_COPY_BYTES);
  if (content !== undefined) return content;
  throw new UpdateError('state-damaged', `${file} is not there`, { details: { file } });
}

/** Records of all installed trees; a damaged one is left out, because it can neither lend files nor claim names. */
export async function readAllTrees(disk: Disk): Promise<ReadonlyMap<TreeName, TreeRecord>> {
  const trees = new Map<TreeName, TreeRecord>();
  for (const name of await listTrees(disk)) {
    try {
      const record = await readTree(disk, name);
      if (record !== undefined) trees.set(name, record);
    } catch (error) {
      if (!(error instanceof UpdateError && error.code === 'state-damaged')) throw error;
    }
  }
  return trees;
}

/** Of a tree that was verified and waits in staging; undefined where there is none, or none that can be read. */
export async function readStagedRecord(
  disk: Disk,
  { version }: TreeRef,
): Promise<TreeRecord | undefined> {
  if (version === 'preexisting') return undefined;
  const path = treeRecordPath(stagingPath(version));
  // Without it the archive is asked once more, which is all that it saves.
  const loaded = await unlessUnreadable(() =>
    disk.load(path, MAX_TREE_RECORD_BYTES, parseTreeRecord),
  );
  return loaded?.value;
}

/** Whether any file of the release stands in staging, beside our own. */
export async function hasStaged(disk: Disk, version: Version): Promise<boolean> {
  return (await disk.list(stagingPath(version))).some((name) => name !== OWN_DIRECTORY);
}

/** The reviewed manifest, which `apply` put into the staging directory; its digest is checked again. */
export async function readStagedManifest(
  tools: { readonly disk: Disk },
  record: JournalRecord,
  maxBytes: number,
): Promise<Manifest> {
  const { version } = record.to;
  if (version === 'preexisting') throw new TypeError('adopted files are never staged');
  return readReviewedManifest(tools, record, stagingPath(version), maxBytes);
}

/** The same from a tree, staged or installed. */
export async function readReviewedManifest(
  { disk }: { readonly disk: Disk },
  { to, manifestSha256 }: JournalRecord,
  tree: string,
  maxBytes?: number,
): Promise<Manifest> {
  if (to.version === 'preexisting') throw new TypeError('adopted files have no manifest');
  const path = manifestPath(tree);
  const loaded = await loadManifest(disk, path, maxBytes);
  if (loaded === undefined || loaded.sha256 !== manifestSha256) {
    throw new UpdateError('state-damaged', `${path} is not the manifest that was reviewed`, {
      details: { file: path },
    });
  }
  return assertVersion(loaded.value, to.version);
}
