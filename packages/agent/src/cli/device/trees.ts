/** Which release trees lie on the device and which of them runs, told by names and links alone. Changes nothing. */
import { readdir, readlink, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CURRENT, isTreeName, RELEASES } from '../../core/layout.ts';
import type { Trees } from './facts.ts';

export async function readTrees(root: string): Promise<Trees> {
  const entries = await readdir(join(root, RELEASES), { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isDirectory() && isTreeName(entry.name))
    .map(({ name }) => name);
  let current: string | null = null;
  try {
    current = basename(await readlink(join(root, CURRENT)));
  } catch {
    // because there is no link before the first update
  }
  return { current, isDangling: current !== null && !(await leadsSomewhere(root)), names };
}

async function leadsSomewhere(root: string): Promise<boolean> {
  try {
    return (await stat(join(root, CURRENT))).isDirectory();
  } catch {
    // because a link that leads nowhere is what is looked for
    return false;
  }
}
