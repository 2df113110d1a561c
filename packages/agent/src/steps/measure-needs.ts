/** What an update will take of each filesystem that it writes to, in bytes and inodes. Looks, and changes nothing. */
import type { Manifest } from '@pikit/protocol/manifest';
import { planActivation, type Placement } from '../core/activation-plan.ts';
import { BACKUPS, bundlePath, STAGING } from '../core/layout.ts';
import type { Policy } from '../core/policy.ts';
import { needsOfRelease, onDisk, type Need } from '../core/space.ts';
import type { TreeRecord } from '../core/tree-record.ts';
import type { Disk } from '../ports.ts';
import { measureAdoption } from './adopt.ts';
import { currentTree, readAllTrees } from './trees.ts';

/** A path may stand in it more than once. Trees that go after the commit give nothing back before it. */
export async function measureNeeds(
  disk: Disk,
  policy: Policy,
  manifest: Manifest,
  bundleBytes = manifest.bundle?.size ?? 0,
): Promise<readonly Need[]> {
  const trees = await readAllTrees(disk);
  const installed = [...trees.values()].flatMap(({ files }) => files);
  const { download, tree } = needsOfRelease(manifest, installed, bundleBytes);
  const bundle = bundlePath(manifest.version);
  const current = await currentTree(disk);
  const runs = current && trees.get(current.name);
  const needs: Need[] = [
    // What an earlier try has fetched is continued, and its room taken already.
    { path: bundle, ...beginning(Math.max(0, download - (await sizeOf(disk, bundle)))) },
    { path: STAGING, ...tree },
    ...needsOfTargets(policy, manifest, runs),
    { path: BACKUPS, bytes: 0, inodes: 1 },
  ];
  if (current === undefined) {
    const standing = await measureAdoption(disk, policy.targets, manifest);
    needs.push({ path: STAGING, bytes: standing.bytes, inodes: standing.files });
  }
  return needs;
}

/** The directory, the file, and the note of what it is, which is replaced. */
const beginning = (bytes: number) => ({ bytes, inodes: bytes === 0 ? 0 : 4 });

/** Everything beside the bundle belongs to it. */
async function sizeOf(disk: Disk, bundle: string): Promise<number> {
  const directory = directoryOf(bundle);
  const names = await disk.list(directory);
  const entries = await Promise.all(names.map((name) => disk.lstat(`${directory}/${name}`)));
  return entries.reduce((sum, entry) => sum + (entry?.size ?? 0), 0);
}

/** Links that are not there yet, and copies that differ from what runs: each is written beside its own name. */
function needsOfTargets(
  { targets }: Policy,
  manifest: Manifest,
  runs: TreeRecord | undefined,
): readonly Need[] {
  const plan = planActivation(targets, manifest);
  const linked = new Set(planActivation(targets, runs).links.map(({ at }) => at));
  const digests = new Map(runs?.files.map(({ path, sha256 }) => [path, sha256]));
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const isOther = ({ from }: Placement): boolean => files.get(from)?.sha256 !== digests.get(from);
  const perDirectory = new Map<string, Need>();
  const add = (at: string, bytes: number): void => {
    const path = directoryOf(at);
    const sum = perDirectory.get(path) ?? { path, bytes: 0, inodes: 0 };
    perDirectory.set(path, { path, bytes: sum.bytes + bytes, inodes: sum.inodes + 1 });
  };
  for (const { at } of plan.links) if (!linked.has(at)) add(at, 0);
  for (const copy of [...plan.copies, ...plan.configs].filter(isOther)) {
    add(copy.at, onDisk([files.get(copy.from)?.size ?? 0]));
  }
  return [...perDirectory.values()];
}

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
