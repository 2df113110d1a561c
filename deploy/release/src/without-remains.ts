/** Work that leaves nothing at a path of its own when it ends, also when somebody ends it. */
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';

const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `path` need not be there, neither before nor after the work. */
export async function withoutRemains<T>(path: string, work: () => Promise<T>): Promise<T> {
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
    return await work();
  } finally {
    stopListening();
    // because what the work has come to is the thing to tell
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
