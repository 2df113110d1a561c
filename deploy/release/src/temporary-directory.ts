/** A directory for one piece of work, for nobody else to read, and gone when it ends, also when somebody ends it. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFailure } from './disk-failure.ts';

const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Throws `no-space` and `write-failed` where there can be none. */
export async function withTemporaryDirectory<T>(work: (path: string) => Promise<T>): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), 'pikit-release-')).catch((error: unknown) => {
    throw diskFailure(error, tmpdir());
  });
  const leave = (signal: NodeJS.Signals): void => {
    rmSync(path, { recursive: true, force: true });
    // Once more, and now as if nobody had listened.
    stopListening();
    process.kill(process.pid, signal);
  };
  const stopListening = (): void => {
    for (const signal of ENDINGS) process.off(signal, leave);
  };
  for (const signal of ENDINGS) process.on(signal, leave);
  try {
    return await work(path);
  } finally {
    stopListening();
    await rm(path, { recursive: true, force: true });
  }
}
