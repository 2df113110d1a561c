/** Everything below a directory of the device that is not a directory, by its relative path. Follows no symlink. */
import type { Disk, Entry } from '../ports.ts';

interface Found {
  readonly path: string;
  readonly entry: Entry;
}

/** Depth first, sorted; yields everything that is not a directory. */
export async function* walk(disk: Disk, root: string, below = ''): AsyncGenerator<Found> {
  for (const name of await disk.list(below === '' ? root : `${root}/${below}`)) {
    const path = below === '' ? name : `${below}/${name}`;
    const entry = await disk.lstat(`${root}/${path}`);
    if (entry?.kind === 'directory') yield* walk(disk, root, path);
    else if (entry !== undefined) yield { path, entry };
  }
}
