/** Declares the new release good: from here there is no automatic way back, only the owner's roll-back. */
import { backupPath, BACKUPS, treePath } from '../core/layout.ts';
import type { Step } from './context.ts';
import { writeVersion } from './version-file.ts';

export const committing: Step = async (context) => {
  const { disk, record } = context;
  const { id, kind, from, to } = record();
  await writeVersion(disk, to.version);
  // A damaged tree is nothing to go back to: the way back stays where it led.
  if (from === null || kind === 'repair') return;
  await disk.makeDirectory(BACKUPS);
  await disk.pointSymlink(backupPath(id), treePath(from.name));
};
