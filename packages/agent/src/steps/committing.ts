/** Declares the new release good: from here there is no automatic way back, only the owner's roll-back. */
import { countChanges } from '../core/changed-files.ts';
import { backupPath, BACKUPS, treePath } from '../core/layout.ts';
import type { Step, StepContext } from './context.ts';
import { disarmGuard } from './guard.ts';
import { readTree } from './trees.ts';
import { unlessUnreadable } from './unless-unreadable.ts';
import { writeVersion } from './version-file.ts';

export const committing: Step = async (context) => {
  const { disk, record } = context;
  await noteChanges(context);
  const { id, kind, from, to } = record();
  await writeVersion(disk, to.version);
  // A damaged tree is nothing to go back to: the way back stays where it led.
  if (from !== null && kind !== 'repair') {
    await disk.makeDirectory(BACKUPS);
    await disk.pointSymlink(backupPath(id), treePath(from.name));
  }
  await disarmGuard(context);
};

/** While both trees are here. That one of them cannot be read is no reason to leave a release that works. */
async function noteChanges({ disk, record, note }: StepContext): Promise<void> {
  const { from, to, changed } = record();
  if (changed !== undefined) return;
  const counted = await unlessUnreadable(async () => {
    const before = from === null ? undefined : await readTree(disk, from.name);
    const after = await readTree(disk, to.name);
    return after && countChanges(before, after);
  });
  if (counted !== undefined) note({ changed: counted });
}
