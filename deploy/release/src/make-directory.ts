/**
 * A directory with all that is missing above it. Not Node's own with `recursive`: it says of a read-only filesystem that something is
 * missing, and where nobody can make anything, such as below /proc or an automounter, it tries for ever.
 */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from './disk-failure.ts';

/** Rejects with the system's own error. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT' || dirname(path) === path) throw cause;
    await makeDirectory(dirname(path));
    await makeOne(path);
  }
}

/** Also a link to one will do. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    if (await isDirectory(path)) return;
    throw cause;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // because what kept it from being made is what is told
    return false;
  }
}
