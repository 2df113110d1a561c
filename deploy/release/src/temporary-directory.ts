/** A directory for one piece of work, for nobody else to read, and gone when it ends, also when somebody ends it. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFailure } from './disk-failure.ts';
import { withoutRemains } from './without-remains.ts';

/** Throws `no-space` and `write-failed` where there can be none. */
export async function withTemporaryDirectory<T>(work: (path: string) => Promise<T>): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), 'pikit-release-')).catch((error: unknown) => {
    throw diskFailure(error, tmpdir());
  });
  return withoutRemains(path, () => work(path));
}
