/**
 * What stands at the targets before the first update becomes a release tree of its own, so that the first roll-back works
 * like every other one. It copies and never moves: until the targets are switched, what runs is untouched.
 */
import { UpdateError } from '@pikit/protocol';
import {
  namesOf,
  planActivation,
  targetOf,
  type Placement,
  type Target,
} from '../core/activation-plan.ts';
import { counted } from '../core/counted.ts';
import type { TreeRef } from '../core/journal-record.ts';
import {
  directoryOf,
  isOurLink,
  RELEASES,
  STAGING,
  treeName,
  treePath,
  treeRecordPath,
} from '../core/layout.ts';
import { namesIn, type Contents } from '../core/release-links.ts';
import { parentsOf } from '../core/release-path.ts';
import { MAX_COPY_BYTES } from '../core/release-size.ts';
import { onDisk } from '../core/space.ts';
import { encodeTreeRecord, type TreeFile } from '../core/tree-record.ts';
import type { Disk, Entry } from '../ports.ts';
import type { StepContext } from './context.ts';
import { directoriesAbove } from './make-way.ts';
import { outwardLinks } from './outward-links.ts';
import { digestOf } from './stage-local.ts';
import { installedVersion } from './version-file.ts';
import { walk } from './walk.ts';

const WORKSHOP = `${STAGING}/adopted`;

/**
 * Only names that the coming release will take are adopted, and only where a program finds there what the target is
 * meant to hold; everything else on the device is none of our business, and makes way when it must.
 */
async function standing(
  disk: Disk,
  targets: readonly Target[],
  coming: Contents | undefined,
): Promise<readonly Placement[]> {
  const found = new Map<string, Placement>();
  for (const placement of namesOf(planActivation(targets, coming))) {
    const target = targetOf(targets, placement);
    const place = target && (await standingAt(disk, placement, target));
    if (place !== undefined) found.set(place.at, place);
  }
  return distinct(disk, [...found.values()]);
}

/** What two targets take of the release is taken once, by the outer one. Throws `incompatible` where they show different things. */
async function distinct(disk: Disk, found: readonly Placement[]): Promise<readonly Placement[]> {
  const taken = new Map<string, Placement>();
  for (const place of found.toSorted((one, other) => one.from.length - other.from.length)) {
    const { at, from } = place;
    const outer = [from, ...parentsOf(from)].map((path) => taken.get(path)).find(Boolean);
    const twin = outer && (await twinIn(disk, outer, from));
    if (twin === undefined) taken.set(from, place);
    else if (!(await isSame(disk, twin, at))) {
      throw new UpdateError('incompatible', `${twin} and ${at} would be one file, and differ`, {
        details: { what: 'the same content at', required: twin, found: at },
      });
    }
  }
  return [...taken.values()];
}

/** Where the outer place has it, too; undefined where it has not, and its copy has room for it. */
async function twinIn(disk: Disk, outer: Placement, from: string): Promise<string | undefined> {
  const twin = outer.at + from.slice(outer.from.length);
  for (const parent of parentsOf(from.slice(outer.from.length + 1))) {
    // Written there, it would go through the link.
    if ((await disk.readLink(`${outer.at}/${parent}`)) !== undefined) return twin;
  }
  return (await disk.kindBehind(twin)) === undefined ? undefined : twin;
}

async function isSame(disk: Disk, one: string, other: string): Promise<boolean> {
  const [a, b] = [await disk.realPath(one), await disk.realPath(other)];
  if (a === undefined || b === undefined) return false;
  if (a === b) return true;
  const kinds = [(await disk.lstat(a))?.kind, (await disk.lstat(b))?.kind];
  const sha256 = kinds.every((kind) => kind === 'file') ? await digestOf(disk, a) : undefined;
  return sha256 !== undefined && sha256 === (await digestOf(disk, b));
}

/** A release may make a file of what is a directory here, and the reverse: then that goes into the tree, by the name that it has. */
async function standingAt(
  disk: Disk,
  placement: Placement,
  target: Target,
): Promise<Placement | undefined> {
  const { at } = placement;
  // What the owner may edit is not exchanged for something of another kind.
  const mayDiffer = target.kind === 'merge' && target.config !== true;
  for (const above of directoriesAbove(at, target).slice(1)) {
    const kind = (await disk.lstat(above))?.kind;
    if (kind === 'file' && mayDiffer)
      return { at: above, from: target.from + above.slice(target.to.length) };
    // Below a directory that is a symlink lie files of somebody else, whatever their names are.
    if (kind === 'symlink') return undefined;
  }
  if (isOurLink(await disk.readLink(at))) return undefined;
  const isTree = mayDiffer && (await disk.lstat(at))?.kind === 'directory';
  const wanted = isTree || target.kind === 'directory' ? 'directory' : 'file';
  return (await disk.kindBehind(at)) === wanted ? placement : undefined;
}

/** What a copy of it will take. */
export async function measureAdoption(
  disk: Disk,
  targets: readonly Target[],
  coming: Contents,
): Promise<{ readonly bytes: number; readonly files: number }> {
  let bytes = 0;
  let files = 0;
  for (const placement of await standing(disk, targets, coming)) {
    // A target that is a symlink is copied for what it leads to.
    const place = (await disk.realPath(placement.at)) ?? placement.at;
    const entry = await disk.lstat(place);
    if (targetOf(targets, placement)?.copy === true) assertCopyable(placement.at, entry);
    const sizes: number[] = [entry?.size ?? 0];
    if (entry?.kind === 'directory') {
      for await (const found of walk(disk, place)) sizes.push(found.entry.size);
    }
    bytes += onDisk(sizes);
    files += sizes.length;
  }
  return { bytes, files };
}

/** A roll-back would have to copy it back. */
function assertCopyable(at: string, entry: Entry | undefined): void {
  if (entry?.kind !== 'file' || entry.size <= MAX_COPY_BYTES) return;
  const [required, found] = [`at most ${MAX_COPY_BYTES} bytes`, `${at} of ${entry.size} bytes`];
  throw new UpdateError(
    'incompatible',
    `a target of copies is for files of ${required}: ${found}`,
    {
      details: { what: 'of files to be copied', required, found },
    },
  );
}

/** The published tree, or undefined where nothing stood. Run again after a crash it begins anew. */
export async function adopt(
  context: StepContext,
  coming: Contents | undefined,
): Promise<TreeRef | undefined> {
  const { disk, policy, digest, log } = context;
  const found = await standing(disk, policy.targets, coming);
  if (found.length === 0) return undefined;
  await disk.remove(WORKSHOP);
  for (const { at, from } of found) {
    const copy = `${WORKSHOP}/${from}`;
    await disk.makeDirectory(directoryOf(copy));
    await disk.copy(at, copy);
    for await (const { path, end } of outwardLinks(disk, at, copy)) {
      await disk.pointSymlink(`${copy}/${path}`, end);
    }
  }
  const version = await installedVersion(disk);
  const files = await filesOf(disk, WORKSHOP);
  const record = encodeTreeRecord({ version, adopted: true, files });
  await disk.write(treeRecordPath(WORKSHOP), record, 0o644);
  await disk.sync(WORKSHOP);
  const name = treeName(version, digest(new TextEncoder().encode(record)));
  // Left by a run that was cut off; `current` does not exist yet, so nothing uses it.
  await disk.remove(treePath(name));
  await disk.makeDirectory(RELEASES);
  await disk.rename(WORKSHOP, treePath(name));
  log.info(`kept what was installed before as ${name}`);
  const names = new Set(coming && namesIn(coming).map(({ path }) => path));
  const own = files.filter(({ path }) => !names.has(path));
  if (own.length > 0) {
    const example = own[0]?.path ?? '';
    log.warning(
      `the new release lacks ${counted(own.length, 'file')} of it, such as ${example}: what it lacks stays there`,
    );
  }
  return { name, version };
}

async function filesOf(disk: Disk, tree: string): Promise<readonly TreeFile[]> {
  const files: TreeFile[] = [];
  for await (const { path, entry } of walk(disk, tree)) {
    if (entry.kind !== 'file') continue;
    files.push({ path, mode: entry.mode, ...(await disk.hash(`${tree}/${path}`)) });
  }
  return files;
}
