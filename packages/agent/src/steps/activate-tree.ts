/**
 * Makes the targets of the config match a release tree. Idempotent: cut off anywhere and run again, or run for the other
 * tree, it arrives. Rolling back is this, with the previous tree.
 */
import { UpdateError } from '@pikit/protocol';
import {
  linkText,
  obsoletePlacements,
  planActivation,
  targetOf,
  type Placement,
} from '../core/activation-plan.ts';
import type { TreeRef } from '../core/journal-record.ts';
import { knownCopies, type KnownCopies } from '../core/known-copies.ts';
import { CURRENT, treePath } from '../core/layout.ts';
import type { TreeRecord } from '../core/tree-record.ts';
import type { StepContext } from './context.ts';
import { clearAbove, keep, makeWay } from './make-way.ts';
import { isOurContent } from './ours.ts';
import { placeConfigs } from './place-configs.ts';
import { removeObsolete } from './remove-obsolete.ts';
import { digestOf } from './stage-local.ts';
import { readAllTrees, readTree, readTreeFile } from './trees.ts';

/**
 * Null takes everything of ours away: what was there before the first update was nothing. Throws `state-damaged` when
 * the tree is not there: a missing release must never pass for an empty one.
 */
export async function activateTree(context: StepContext, ref: TreeRef | null): Promise<void> {
  const { disk, policy } = context;
  const tree = ref === null ? undefined : await readTree(disk, ref.name);
  if (ref !== null && tree === undefined) throw gone(treePath(ref.name));
  const plan = planActivation(policy.targets, tree);
  const adopted = await adoptedNames(context);

  const byName = await readAllTrees(disk);
  const trees = [...byName.values()];
  const known = knownCopies(policy.targets, trees);

  // Links first, while `current` still leads to the old tree: a name that only the new one has dangles until the flip,
  // which any reader takes for absent. So the flip alone switches everything.
  for (const placement of plan.links) await placeLink(context, placement, { adopted, known });
  await flip(context, ref);

  if (ref !== null && tree !== undefined) {
    for (const placement of plan.copies) await placeCopy(context, placement, { ref, tree, known });
  }
  await placeConfigs(context, ref, byName, known);
  const others = trees.map((other) => planActivation(policy.targets, other));
  const obsolete = obsoletePlacements(plan, others);
  // Before it was settled what stood there nothing was placed: a copy is the owner's then, even one that we know.
  const isUntouched = ref === null && !context.record().adopted;
  await removeObsolete(context, isUntouched ? { ...obsolete, copies: [] } : obsolete, known);
}

async function flip({ disk }: StepContext, ref: TreeRef | null): Promise<void> {
  if (ref === null) return disk.remove(CURRENT);
  const tree = treePath(ref.name);
  if ((await disk.readLink(CURRENT)) !== tree) await disk.pointSymlink(CURRENT, tree);
}

/** Names whose content this transaction has copied into a release tree. */
async function adoptedNames({ disk, policy, record }: StepContext): Promise<ReadonlySet<string>> {
  const { adopted, from } = record();
  if (!adopted || from === null) return new Set();
  const tree = await readTree(disk, from.name);
  const { links, copies } = planActivation(policy.targets, tree);
  return new Set([...links, ...copies].map(({ at }) => at));
}

async function placeLink(
  context: StepContext,
  placement: Placement,
  { adopted, known }: { readonly adopted: ReadonlySet<string>; readonly known: KnownCopies },
): Promise<void> {
  const { disk, policy } = context;
  const target = targetOf(policy.targets, placement);
  if (target === undefined || (await disk.readLink(placement.at)) === linkText(placement)) return;
  await makeWay(context, placement, target, { adopted, known });
  await disk.pointSymlink(placement.at, linkText(placement));
}

interface Origin {
  readonly ref: TreeRef;
  readonly tree: TreeRecord;
  readonly known: KnownCopies;
}

async function placeCopy(
  context: StepContext,
  placement: Placement,
  { ref, tree, known }: Origin,
): Promise<void> {
  const { disk, policy } = context;
  const { at, from } = placement;
  const file = tree.files.find(({ path }) => path === from);
  const target = targetOf(policy.targets, placement);
  if (file === undefined || target === undefined) throw gone(`${treePath(ref.name)}/${from}`);
  await clearAbove(context, at, target, { known });
  const entry = await disk.lstat(at);
  if (entry?.kind === 'file') {
    const sha256 = await digestOf(disk, at);
    if (sha256 === file.sha256 && entry.mode === file.mode) return;
    if (!isOurContent(known, at, sha256)) await keep(context, at);
  } else {
    await makeWay(context, placement, target, { known });
  }
  await disk.write(at, await readTreeFile(disk, ref.name, from), file.mode);
}

function gone(file: string): UpdateError {
  return new UpdateError('state-damaged', `${file} is not there`, { details: { file } });
}
