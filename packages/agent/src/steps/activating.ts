/** Publishes the staged tree, adopts what stands there before the first update, and switches. From here on no cancel. */
import { CURRENT, RELEASES, stagingPath, treePath, treeRecordPath } from '../core/layout.ts';
import { activateTree } from './activate-tree.ts';
import { adopt } from './adopt.ts';
import type { Step, StepContext } from './context.ts';
import { armGuard } from './guard.ts';
import { currentTree, readTree } from './trees.ts';

export const activating: Step = async (context) => {
  const { to, kind } = context.record();
  if (kind !== 'rollback') await publish(context);
  await noteStoppedUnits(context);
  if ((await currentTree(context.disk)) === undefined) await adoptFirst(context);
  await armGuard(context);
  await activateTree(context, to);
  context.log.info(`switched to ${to.name}`);
};

/** The staged tree gets its final name. Done already when the staging directory is gone. */
async function publish({ disk, record }: StepContext): Promise<void> {
  const { to } = record();
  if (to.version === 'preexisting') throw new TypeError('adopted files are never staged');
  const staged = stagingPath(to.version);
  if ((await disk.lstat(treeRecordPath(staged))) === undefined) return;
  // The same release from an earlier transaction, which was rolled back. It does not run now.
  await disk.makeDirectory(RELEASES);
  await disk.remove(treePath(to.name));
  await disk.rename(staged, treePath(to.name));
}

/** Known before anything is restarted, and kept over a crash: a service that somebody stopped is not ours to start. */
async function noteStoppedUnits(context: StepContext): Promise<void> {
  const { policy, services, record, amend, log } = context;
  if (record().stoppedUnits !== undefined) return;
  const states = await services.look(policy.services.map(({ unit }) => unit));
  for (const { unit, isThere } of states) {
    if (!isThere) log.warning(`${unit} is not on this device and will be skipped`);
  }
  await amend({
    stoppedUnits: states.filter(({ isStopped }) => isStopped).map(({ unit }) => unit),
  });
}

/** Without `current` nothing of ours runs: what stands at the targets becomes the tree to go back to. */
async function adoptFirst(context: StepContext): Promise<void> {
  const { to, from, adopted: isSettled } = context.record();
  if (isSettled && from === null) return;
  const coming = await readTree(context.disk, to.name);
  // Cut off after the journal had it: what stands there now may be links of ours already.
  const adopted = from ?? (await adopt(context, coming));
  // Nothing stood there: from here on what stands there is ours.
  if (adopted === undefined) return context.amend({ adopted: true });
  // The journal knows the way back before the first target is touched.
  if (from === null) await context.amend({ from: adopted, adopted: true });
  // First `current`, so that each target that becomes a link goes on showing what it showed.
  return context.disk.pointSymlink(CURRENT, treePath(adopted.name));
}
