/**
 * The audit of what runs: reads every file of the release tree and every target on the device, and says what differs from
 * the day of the installation. Its reads go through the system's cache, and it changes nothing. The caller holds the lock.
 */
import type { ChangedFiles, Drift } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { belongsTo, linkText, planActivation, type Target } from '../core/activation-plan.ts';
import { createTally, problemOf, type Finding } from '../core/drift.ts';
import type { TreeRef } from '../core/journal-record.ts';
import { OWN_DIRECTORY, treePath } from '../core/layout.ts';
import type { ReleaseLink } from '../core/release-links.ts';
import type { TreeFile, TreeRecord } from '../core/tree-record.ts';
import type { Disk, Entry } from '../ports.ts';
import type { StepContext } from '../steps/context.ts';
import { readOwnFiles } from '../steps/own-files.ts';
import { digestOf } from '../steps/stage-local.ts';
import { currentTree } from '../steps/trees.ts';
import { walk } from '../steps/walk.ts';

export interface Audit {
  readonly drift: Drift;
  readonly tree: TreeRef;
  /** The installed one; undefined when it is damaged, and where files were adopted. */
  readonly manifest: Manifest | undefined;
  readonly isAdopted: boolean;
  /** The id of the key that signed it, as the tree's record says. */
  readonly signedBy: string | undefined;
  /** Nothing in the tree is damaged: at most names on the device are. */
  readonly isTreeWhole: boolean;
  /** The targets (their `from`) of which something is damaged. */
  readonly targets: readonly string[];
  readonly extra: number;
  /** What a repair will change. */
  readonly repairs: ChangedFiles;
}

/** Undefined while nothing of ours is installed. `write-failed` when a directory cannot be read. */
export async function audit({
  disk,
  policy,
  clock,
}: Pick<StepContext, 'disk' | 'policy' | 'clock'>): Promise<Audit | undefined> {
  const tree = await currentTree(disk);
  if (tree === undefined) return undefined;
  const { record, manifest, findings } = await readOwnFiles(disk, tree.name);
  const tally = createTally();
  for (const finding of findings) tally.add(finding);
  const touched = new Set<string>();
  if (record !== undefined) {
    for await (const finding of inTree(disk, treePath(tree.name), record)) {
      tally.add(finding);
      if (finding.problem !== 'extra') touch(touched, policy.targets, finding.path);
    }
  }
  const isTreeWhole = tally.sum().damaged === 0;
  if (record !== undefined) {
    for await (const { from, ...finding } of onDevice(disk, policy.targets, record)) {
      tally.add(finding);
      touch(touched, policy.targets, from);
    }
  }
  const sum = tally.sum();
  return {
    drift: { checkedAt: clock.now(), version: tree.version, ...sum },
    tree,
    manifest,
    isAdopted: tree.version === 'preexisting' || record?.adopted === true,
    signedBy: record?.signedBy,
    isTreeWhole,
    // Where nobody knows what should be there, anything may be damaged.
    targets: record === undefined ? policy.targets.map(({ from }) => from) : [...touched],
    extra: sum.total - sum.damaged,
    repairs: {
      added: tally.missing(),
      changed: sum.damaged - tally.missing(),
      removed: sum.total - sum.damaged,
    },
  };
}

function touch(touched: Set<string>, targets: readonly Target[], path: string): void {
  for (const target of targets) {
    if (target.from === path || belongsTo(target, path)) touched.add(target.from);
  }
}

/** Below a directory that became a symlink every file is missing: what it leads to is not ours. */
async function* inTree(
  disk: Disk,
  tree: string,
  { files, links = [] }: TreeRecord,
): AsyncGenerator<Finding> {
  const due = new Map([...files, ...links].map((named) => [named.path, named]));
  for await (const { path, entry } of walk(disk, tree)) {
    if (path.startsWith(`${OWN_DIRECTORY}/`)) continue;
    const named = due.get(path);
    due.delete(path);
    const problem =
      named === undefined ? 'extra' : await problemAt(disk, `${tree}/${path}`, named, entry);
    if (problem !== undefined) yield { path, problem };
  }
  for (const path of due.keys()) yield { path, problem: 'missing' };
}

/** `from`: what of the release should be found under that name. */
async function* onDevice(
  disk: Disk,
  targets: readonly Target[],
  record: TreeRecord,
): AsyncGenerator<Finding & { readonly from: string }> {
  const { links, copies } = planActivation(targets, record);
  for (const placement of links) {
    const { at: path, from } = placement;
    if ((await disk.readLink(path)) === linkText(placement)) continue;
    const isThere = (await disk.lstat(path)) !== undefined;
    yield { path, from, problem: isThere ? 'changed' : 'missing' };
  }
  const byPath = new Map(record.files.map((file) => [file.path, file]));
  for (const { at: path, from } of copies) {
    const file = byPath.get(from);
    const problem = file && (await problemAt(disk, path, file, await disk.lstat(path)));
    if (problem !== undefined) yield { path, from, problem };
  }
}

async function problemAt(
  disk: Disk,
  path: string,
  file: TreeFile | ReleaseLink,
  entry: Entry | undefined,
): Promise<Finding['problem'] | undefined> {
  if ('to' in file) return (await disk.readLink(path)) === file.to ? undefined : 'changed';
  const sha256 = entry?.kind === 'file' ? await digestOf(disk, path) : undefined;
  return problemOf(file, entry && { ...entry, sha256 });
}
