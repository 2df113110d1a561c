/** Whether Debian's `minisign` is here: the setup installs it where it may, and a test that lacks it says so. */
import { spawnSync } from 'node:child_process';

/** Prints why when it is not. */
export function hasMinisign(): boolean {
  const isThere = spawnSync('minisign', ['-v']).error === undefined;
  if (!isThere) process.stderr.write('skipped: there is no minisign here (apt install minisign)\n');
  return isThere;
}
