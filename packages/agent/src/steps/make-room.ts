/** Gives back the room that updates take for themselves while they work. Only for the holder of the lock. */
import type { Version } from '@pikit/protocol';
import { DOWNLOADS, KEPT_FILE, STAGING } from '../core/layout.ts';
import type { Disk } from '../ports.ts';

/**
 * Nothing that runs or that a roll-back needs lies there. Of `coming` what was fetched stays, and where the very same release
 * `isContinued`, what was staged.
 */
export async function makeRoom(
  disk: Disk,
  coming?: Version,
  { isContinued = false }: { readonly isContinued?: boolean } = {},
): Promise<void> {
  if (!isContinued) for (const path of [KEPT_FILE, STAGING]) await disk.remove(path);
  for (const name of await disk.list(DOWNLOADS)) {
    if (name !== coming) await disk.remove(`${DOWNLOADS}/${name}`);
  }
}
