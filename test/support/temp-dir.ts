/** A directory of a test's own, outside the checkout, with a short name because Unix socket paths are limited to 107 bytes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempDir {
  readonly path: string;
  /** Idempotent; takes read-only subdirectories with it only as far as the user may. */
  remove(): Promise<void>;
}

export async function makeTempDir(): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), 'pk-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
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
