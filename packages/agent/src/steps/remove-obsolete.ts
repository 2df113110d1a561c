/** Takes away what other releases placed and this one does not have, as far as it is still ours. */
import {
  linkText,
  targetOf,
  type ActivationPlan,
  type Placement,
} from '../core/activation-plan.ts';
import type { KnownCopies } from '../core/known-copies.ts';
import type { StepContext } from './context.ts';
import { directoriesAbove, restoreKept } from './make-way.ts';
import { isCopyOfOurs } from './ours.ts';

export async function removeObsolete(
  context: StepContext,
  { links, copies }: Pick<ActivationPlan, 'links' | 'copies'>,
  known: KnownCopies,
): Promise<void> {
  const { disk } = context;
  for (const placement of links) {
    if ((await disk.readLink(placement.at)) === linkText(placement))
      await disk.remove(placement.at);
    await tidy(context, placement);
  }
  for (const placement of copies) {
    if (await isCopyOfOurs(disk, placement.at, known)) await disk.remove(placement.at);
    await tidy(context, placement);
  }
}

/** Directories that are empty now, and what had to make way for them. */
export async function tidy(context: StepContext, placement: Placement): Promise<void> {
  const { disk, policy } = context;
  await restoreKept(context, placement.at);
  const target = targetOf(policy.targets, placement);
  if (target === undefined) return;
  for (const directory of directoriesAbove(placement.at, target).slice(1).toReversed()) {
    const isEmpty =
      (await disk.lstat(directory))?.kind === 'directory' &&
      (await disk.list(directory)).length === 0;
    if (isEmpty) await disk.remove(directory);
    await restoreKept(context, directory);
  }
}
