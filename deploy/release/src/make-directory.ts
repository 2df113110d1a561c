/** A directory with all that is missing above it. Node's recursive mkdir says of a read-only filesystem that something is missing. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from './disk-failure.ts';

/** Rejects with the system's own error. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT' || dirname(path) === path) throw cause;
    await makeDirectory(dirname(path));
    await mkdir(path);
  }
}
