/**
 * Makes the targets of the config match a release tree. Idempotent: cut off anywhere and run again, or run for the other
 * tree, it arrives. Rolling back is this, with the previous tree.
 */
import type { Sha256 } from '@pikit/protocol';
import {
  linkText,
  obsoletePlacements,
  planActivation,
  type ActivationPlan,
  type Placement,
} from '../core/activation-plan.ts';
import type { TreeRef } from '../core/journal-record.ts';
import { CURRENT, treePath } from '../core/layout.ts';
import type { TreeRecord } from '../core/tree-record.ts';
import type { StepContext } from './context.ts';
import { readAllTrees, readTree } from './trees.ts';

/** A copied target is a unit file or a cron entry, not an archive. */
const MAX_COPY_BYTES = 16 * 1024 * 1024;

/** Null takes everything of ours away: what was there before the first update was nothing. */
export async function activateTree(context: StepContext, ref: TreeRef | null): Promise<void> {
  const { disk, policy } = context;
  const tree = ref === null ? undefined : await readTree(disk, ref.name);
  const plan = planActivation(policy.targets, tree?.files ?? []);

  // Links first, while `current` still leads to the old tree: a name that only the new one has dangles until the flip,
  // which any reader takes for absent. So the flip alone switches everything.
  for (const placement of plan.links) await placeLink(context, placement);
  await flip(context, ref);

  const trees = [...(await readAllTrees(disk)).values()];
  const known = knownDigests(trees);
  if (ref !== null && tree !== undefined) {
    for (const placement of plan.copies) await placeCopy(context, placement, { ref, tree, known });
  }
  const others = trees.map(({ files }) => planActivation(policy.targets, files));
  await removeObsolete(context, obsoletePlacements(plan, others), known);
}

async function flip({ disk }: StepContext, ref: TreeRef | null): Promise<void> {
  if (ref === null) return disk.remove(CURRENT);
  const tree = treePath(ref.name);
  if ((await disk.readLink(CURRENT)) !== tree) await disk.pointSymlink(CURRENT, tree);
}

async function placeLink(context: StepContext, placement: Placement): Promise<void> {
  const { disk } = context;
  const { at } = placement;
  const slash = at.lastIndexOf('/');
  const aside = `${at.slice(0, slash)}/.${at.slice(slash + 1)}.pikit-replaced`;
  if ((await disk.readLink(at)) !== linkText(placement)) {
    const entry = await disk.lstat(at);
    if (entry !== undefined && !context.record().adopted) await keep(context, at);
    // A symlink cannot be renamed over a directory. The tree has a copy of it by now.
    else if (entry?.kind === 'directory') await disk.rename(at, aside);
    await disk.makeDirectory(at.slice(0, slash) || '/');
    await disk.pointSymlink(at, linkText(placement));
  }
  if ((await disk.lstat(aside)) !== undefined) await disk.remove(aside);
}

/** Somebody put something of their own where our link was. It is not ours to delete. */
async function keep({ disk, log, record }: StepContext, at: string): Promise<void> {
  const kept = `${at}.pikit-kept-${record().id}`;
  await disk.rename(at, kept);
  log.warning(`${at} was not ours: kept as ${kept}`);
}

interface Origin {
  readonly ref: TreeRef;
  readonly tree: TreeRecord;
  readonly known: ReadonlyMap<string, ReadonlySet<Sha256>>;
}

async function placeCopy(
  context: StepContext,
  { at, from }: Placement,
  { ref, tree, known }: Origin,
): Promise<void> {
  const { disk } = context;
  const file = tree.files.find(({ path }) => path === from);
  if (file === undefined) return;
  const entry = await disk.lstat(at);
  if (entry !== undefined) {
    const { sha256 } = entry.kind === 'file' ? await disk.hash(at) : { sha256: undefined };
    if (sha256 === file.sha256 && entry.mode === file.mode) return;
    const isOurs = sha256 !== undefined && known.get(from)?.has(sha256) === true;
    if (!isOurs) await keep(context, at);
  }
  const content = await disk.read(`${treePath(ref.name)}/${from}`, MAX_COPY_BYTES);
  if (content !== undefined) await disk.write(at, content, file.mode);
}

async function removeObsolete(
  { disk }: StepContext,
  { links, copies }: ActivationPlan,
  known: ReadonlyMap<string, ReadonlySet<Sha256>>,
): Promise<void> {
  for (const placement of links) {
    if ((await disk.readLink(placement.at)) === linkText(placement))
      await disk.remove(placement.at);
  }
  for (const { at, from } of copies) {
    if ((await disk.lstat(at))?.kind !== 'file') continue;
    if (known.get(from)?.has((await disk.hash(at)).sha256) === true) await disk.remove(at);
  }
}

/** For each path of a release, the contents that any installed release gave it: a copy with one of them is ours. */
function knownDigests(trees: readonly TreeRecord[]): ReadonlyMap<string, ReadonlySet<Sha256>> {
  const known = new Map<string, Set<Sha256>>();
  for (const { path, sha256 } of trees.flatMap(({ files }) => files)) {
    known.set(path, (known.get(path) ?? new Set()).add(sha256));
  }
  return known;
}
