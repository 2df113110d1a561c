/** Publishes the staged tree, adopts what stands there before the first update, and switches. From here on no cancel. */
import { RELEASES, stagingPath, treePath, treeRecordPath } from '../core/layout.ts';
import { activateTree } from './activate-tree.ts';
import { adopt } from './adopt.ts';
import type { Step, StepContext } from './context.ts';
import { currentTree, readTree } from './trees.ts';

export const activating: Step = async (context) => {
  const { to, kind } = context.record();
  if (kind === 'apply') await publish(context);
  if ((await currentTree(context.disk)) === undefined) await adoptFirst(context);
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

async function adoptFirst(context: StepContext): Promise<void> {
  const { to } = context.record();
  const coming = await readTree(context.disk, to.name);
  const adopted = await adopt(context, coming?.files ?? []);
  if (adopted === undefined) return;
  // The journal knows the way back before the first target is touched.
  await context.amend({ from: adopted, adopted: true });
  // With `current` on the adopted tree the targets can become links one by one without changing what they show.
  await activateTree(context, adopted);
}
