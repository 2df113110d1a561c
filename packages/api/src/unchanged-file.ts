/**
 * For a small file that is asked for with each request and seldom changes: what was made of it counts until its inode, its size or
 * its times are others. The look is made in place, because the threads that would make it are the ones that hash passwords.
 */
import { statSync } from 'node:fs';

/** Times have the grain of the kernel's clock: of a file so young the next change could look like none. */
const YOUNG_MS = 1000;

/** `read` is asked at first and after each change; its failures are not kept. `now` is the clock that files are dated by. */
export function createUnchangedFile<T>(
  path: string,
  read: () => Promise<T>,
  now: () => number = Date.now,
): () => Promise<T> {
  let kept: { readonly mark: string; readonly content: Promise<T> } | undefined;
  let looked: { readonly mark: string | undefined } | undefined;
  /** Once for all that is asked in one turn of the event loop. */
  const look = (): string | undefined => {
    if (looked === undefined) {
      looked = { mark: markOf(path, now()) };
      setImmediate(() => (looked = undefined));
    }
    return looked.mark;
  };
  return async () => {
    const mark = look();
    if (kept !== undefined && kept.mark === mark) return kept.content;
    const content = read();
    kept = mark === undefined ? undefined : { mark, content };
    try {
      return await content;
    } catch (cause) {
      kept = undefined;
      throw cause;
    }
  };
}

/** Undefined for one that is absent, cannot be looked at, or has just changed. */
function markOf(path: string, now: number): string | undefined {
  try {
    const { ino, size, mtimeMs, mtimeNs, ctimeNs, ctimeMs } = statSync(path, { bigint: true });
    const newest = Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
    if (Math.abs(now - newest) < YOUNG_MS) return undefined;
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch {
    // because `read` finds out what is wrong with it, and says so.
    return undefined;
  }
}
