/** A directory of a test's own, outside the checkout, with a short name because Unix socket paths are limited to 107 bytes. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface TempDir {
  readonly path: string;
  /** Idempotent; takes read-only subdirectories with it. */
  remove(): Promise<void>;
}

export async function makeTempDir(within = tmpdir()): Promise<TempDir> {
  const path = await mkdtemp(join(within, 'pk-'));
  const removeAll = () => rm(path, { recursive: true, force: true, maxRetries: 3 });
  return {
    path,
    remove: () =>
      removeAll().catch(async () => {
        // Without root, what lies in a directory that a test made read-only cannot be removed.
        await promisify(execFile)('chmod', ['-R', 'u+rwX', path]);
        await removeAll();
      }),
  };
}

/** Removes the directory whatever happens in `work`. */
export async function withTempDir<T>(work: (path: string) => Promise<T>): Promise<T> {
  const dir = await makeTempDir();
  try {
    return await work(dir.path);
  } finally {
    await dir.remove();
  }
}
