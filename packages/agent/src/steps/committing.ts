/** Declares the new release good: from here there is no automatic way back, only the owner's roll-back. */
import { backupPath, BACKUPS, treePath, VERSION_FILE } from '../core/layout.ts';
import type { Step, StepContext } from './context.ts';
import { refOfLink } from './trees.ts';

export const committing: Step = async (context) => {
  const { disk, record } = context;
  const { id, from, to } = record();
  if (to.version === 'preexisting') await disk.remove(VERSION_FILE);
  else await disk.write(VERSION_FILE, `${to.version}\n`, 0o644);
  if (from !== null) {
    await disk.makeDirectory(BACKUPS);
    await disk.pointSymlink(backupPath(id), treePath(from.name));
  }
  await pruneBackups(context);
};

/** Keeps the newest links; one to the release that runs now would promise a way back that is none. */
async function pruneBackups({ disk, policy, record }: StepContext): Promise<void> {
  const { to } = record();
  let kept = 0;
  for (const name of (await disk.list(BACKUPS)).toReversed()) {
    const path = `${BACKUPS}/${name}`;
    const tree = refOfLink(await disk.readLink(path));
    if (tree === undefined) continue;
    if (tree.name !== to.name && kept < policy.limits.keep) kept += 1;
    else await disk.remove(path);
  }
}
