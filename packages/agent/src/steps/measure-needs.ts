/** What an update will take of each filesystem that it writes to, in bytes and inodes. Looks, and changes nothing. */
import type { Version } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { linkText, planActivation, type Placement } from '../core/activation-plan.ts';
import {
  BACKUPS,
  bundlePath,
  directoryOf,
  downloadPath,
  STAGING,
  stagingPath,
  treeRecordPath,
} from '../core/layout.ts';
import type { Policy } from '../core/policy.ts';
import { assertFits, assertWritable, needsOfRelease, onDisk, type Need } from '../core/space.ts';
import type { TreeFile, TreeRecord } from '../core/tree-record.ts';
import type { Disk } from '../ports.ts';
import { measureAdoption } from './adopt.ts';
import { findPatchWay } from './patch-way.ts';
import { currentTree, hasStaged, readAllTrees } from './trees.ts';

/** A path may stand in it more than once. Trees that go after the commit give nothing back before it. */
export async function measureNeeds(
  { disk, policy }: { readonly disk: Disk; readonly policy: Policy },
  manifest: Manifest,
  bundleBytes = manifest.bundle?.size ?? 0,
): Promise<readonly Need[]> {
  const trees = await readAllTrees(disk);
  const present = [...trees.values()].flatMap(({ files }) => files);
  present.push(...(await stagedFiles(disk, manifest)));
  const patch = (await findPatchWay({ disk }, manifest))?.patch.size;
  const { download, tree } = needsOfRelease(manifest, present, bundleBytes, patch);
  const current = await currentTree(disk);
  const runs = current && trees.get(current.name);
  const needs: Need[] = [
    await needOfDownload(disk, manifest.version, (await isComplete(disk, manifest)) ? 0 : download),
    { path: STAGING, ...tree },
    ...(await needsOfTargets(disk, policy, manifest, runs)),
    { path: BACKUPS, bytes: 0, inodes: 1 },
  ];
  if (current === undefined) {
    const standing = await measureAdoption(disk, policy.targets, manifest);
    needs.push({ path: STAGING, bytes: standing.bytes, inodes: standing.files });
  }
  return needs;
}

/** Verified by an earlier transaction, modes and all. */
async function isComplete(disk: Disk, { version }: Manifest): Promise<boolean> {
  return (await disk.lstat(treeRecordPath(stagingPath(version)))) !== undefined;
}

/** Throws `config-invalid` where nothing can be written, `no-space`. */
export async function assertRoom(disk: Disk, needs: readonly Need[]): Promise<void> {
  const claims = await Promise.all(
    needs.map(async (need) => ({ need, free: await disk.space(need.path) })),
  );
  assertWritable(claims);
  assertFits(claims);
}

/** What an earlier try has fetched is continued, and its room taken already. */
export async function needOfDownload(disk: Disk, version: Version, total: number): Promise<Need> {
  const bytes = Math.max(0, total - (await sizeOf(disk, downloadPath(version))));
  // The directory, the file, and the note of what it is, which is replaced.
  return { path: bundlePath(version), bytes, inodes: bytes === 0 ? 0 : 4 };
}

/** By their sizes, as that they are whole is asked when they are used. */
export async function stagedFiles(
  disk: Disk,
  { version, files }: Pick<Manifest, 'version' | 'files'>,
): Promise<readonly TreeFile[]> {
  const tree = stagingPath(version);
  if (!(await hasStaged(disk, version))) return [];
  const staged: TreeFile[] = [];
  for (const { path, sha256, size } of files) {
    const entry = await disk.lstat(`${tree}/${path}`);
    const isThere = entry?.kind === 'file' && entry.size === (size ?? entry.size);
    if (isThere) staged.push({ path, sha256, mode: entry.mode, size: entry.size });
  }
  return staged;
}

async function sizeOf(disk: Disk, directory: string): Promise<number> {
  const names = await disk.list(directory);
  const entries = await Promise.all(names.map((name) => disk.lstat(`${directory}/${name}`)));
  return entries.reduce((sum, entry) => sum + (entry?.size ?? 0), 0);
}

/** Links that are not there yet, and copies that differ from what runs: each is written beside its own name. */
async function needsOfTargets(
  disk: Disk,
  { targets }: Policy,
  manifest: Manifest,
  runs: TreeRecord | undefined,
): Promise<readonly Need[]> {
  const plan = planActivation(targets, manifest);
  const digests = new Map(runs?.files.map(({ path, sha256 }) => [path, sha256]));
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const isOther = ({ from }: Placement): boolean => files.get(from)?.sha256 !== digests.get(from);
  const perDirectory = new Map<string, Need>();
  const add = (at: string, bytes: number): void => {
    const path = directoryOf(at);
    const sum = perDirectory.get(path) ?? { path, bytes: 0, inodes: 0 };
    perDirectory.set(path, { path, bytes: sum.bytes + bytes, inodes: sum.inodes + 1 });
  };
  for (const link of plan.links) {
    if ((await disk.readLink(link.at)) !== linkText(link)) add(link.at, 0);
  }
  for (const copy of [...plan.copies, ...plan.configs].filter(isOther)) {
    add(copy.at, onDisk([files.get(copy.from)?.size ?? 0]));
  }
  return [...perDirectory.values()];
}
