/**
 * A checkout of its own, as somebody else has it after `npm ci`: the same sources and packages in another place, and nothing
 * built. For tests that build, because the checkout itself is in use by the tests beside them.
 */
import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from './repository-root.ts';

const run = promisify(execFile);
const NOT_CHECKED_OUT = new Set(['node_modules', 'dist', '.git', '.sandbox', 'test-output']);

/** `to` must not exist. Nothing below its node_modules may be changed in place: remove a file, and write another. */
export async function copyCheckout(to: string): Promise<void> {
  const root = repositoryRoot();
  await cp(root, to, {
    recursive: true,
    preserveTimestamps: true,
    filter: (source) => source === root || !NOT_CHECKED_OUT.has(basename(source)),
  });
  const packages = [join(root, 'node_modules'), join(to, 'node_modules')];
  try {
    await run('cp', ['-al', ...packages]);
  } catch {
    // Because the two lie on different filesystems, where a file cannot be linked.
    await run('cp', ['-aT', ...packages]);
  }
}
