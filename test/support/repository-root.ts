/** Finds the checkout, from the sources as well as from the bundled demo, which lies in another directory. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest directory above this file that holds the workspaces' lock file. */
export function repositoryRoot(): string {
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, 'package-lock.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`no checkout above ${import.meta.dirname}`);
    directory = parent;
  }
  return directory;
}
