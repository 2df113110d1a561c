/**
 * Removes what the transaction left. Which that is, and what is never removed, is said in `leftovers.ts`; a tree that a
 * repair has left may hold files of somebody else, and is then set aside.
 */
import { counted } from '../core/counted.ts';
import { keptPath, treePath } from '../core/layout.ts';
import type { Step, StepContext } from './context.ts';
import { recordFingerprints } from './fingerprints.ts';
import { keepWritten } from './keep-written.ts';
import { findLeftovers, removeAll } from './leftovers.ts';
import { isOfDisk, settleTargets } from './settle.ts';
import { currentTree } from './trees.ts';

export const cleaningUp: Step = async (context) => {
  await keepExtraFiles(context);
  const { error } = context.record();
  // Without its tree nobody would know the name again of what was half written, should it come back.
  if (error !== null && isOfDisk(error)) await settleTargets(context, error.details['unsynced']);
  await keepWritten(context);
  await removeAll(context.disk, await findLeftovers(context, context.record()));
  // Last: each link that comes or goes changes them.
  await recordFingerprints(context);
};

async function keepExtraFiles({ disk, record, log }: StepContext): Promise<void> {
  const { id, from, repair } = record();
  if (from === null || repair === undefined || repair.extra === 0) return;
  const current = await currentTree(disk);
  const tree = treePath(from.name);
  if (current === undefined || current.name === from.name) return;
  if ((await disk.lstat(tree)) === undefined) return;
  const kept = keptPath(tree, id);
  await disk.rename(tree, kept);
  log.warning(`kept in ${kept}: ${counted(repair.extra, 'file')} that no release brought`);
}
