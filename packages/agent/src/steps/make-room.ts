/** Gives back the room that updates take for themselves while they work. Only for the holder of the lock. */
import type { Version } from '@pikit/protocol';
import { DOWNLOADS, STAGING } from '../core/layout.ts';
import type { Disk } from '../ports.ts';

/** Nothing that runs or that a roll-back needs lies there. Of `coming` what was fetched is kept: it is continued. */
export async function makeRoom(disk: Disk, coming?: Version): Promise<void> {
  await disk.remove(STAGING);
  for (const name of await disk.list(DOWNLOADS)) {
    if (name !== coming) await disk.remove(`${DOWNLOADS}/${name}`);
  }
}
