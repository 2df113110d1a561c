/** The real file system with a list of the calls made and the power to make one of them fail, for tests of the disk. */
import { realFileSystem } from '../../src/adapters/file-system-node.ts';
import type { FileSystem, OpenFile } from '../../src/adapters/file-system.ts';

export interface RecordingFileSystem {
  readonly fs: FileSystem;
  /** `open a/b`, `write a/b`, `sync a/b` …, paths relative to the root. */
  readonly calls: string[];
  /** From now on a call whose line matches fails with this errno, at most `times` times. */
  readonly failOn: (pattern: RegExp, errno: string, times?: number) => void;
}

export function createRecordingFileSystem(root: string): RecordingFileSystem {
  const calls: string[] = [];
  const faults: { pattern: RegExp; errno: string; left: number }[] = [];
  const note = (name: string, path: unknown): void => {
    const line = `${name} ${String(path)
      .replace(`${root}/`, '')
      .replace(/pikit-\w{6}/, 'pikit-X')}`;
    calls.push(line);
    const fault = faults.find(({ pattern, left }) => left > 0 && pattern.test(line));
    if (fault === undefined) return;
    fault.left -= 1;
    throw Object.assign(new Error(`${fault.errno}: injected`), { code: fault.errno });
  };

  const wrap = (name: string, target: object, path?: string): object =>
    new Proxy(target, {
      get(object, key) {
        const member: unknown = Reflect.get(object, key);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]): Promise<unknown> => {
          note(`${name}${String(key)}`, path ?? args[0]);
          const result: unknown = await Reflect.apply(member, object, args);
          return key === 'open' ? wrap('', Object(result), String(args[0])) : result;
        };
      },
    });

  return {
    fs: wrap('', { ...realFileSystem }) as FileSystem & { open(): Promise<OpenFile> },
    calls,
    failOn(pattern, errno, times = Number.POSITIVE_INFINITY) {
      faults.push({ pattern, errno, left: times });
    },
  };
}

export async function* chunksOf(...chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
