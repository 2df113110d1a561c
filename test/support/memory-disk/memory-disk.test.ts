/** The model is honest: it answers as the kernel does, and it forgets just what a power cut may take. */
import { constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFile, writeDurably } from '../../../packages/agent/src/adapters/durable-write.ts';
import { realFileSystem } from '../../../packages/agent/src/adapters/file-system-node.ts';
import type { FileSystem } from '../../../packages/agent/src/adapters/file-system.ts';
import { createRandom } from '../../crash/tally.ts';
import { withTempDir } from '../temp-dir.ts';
import { createMemoryDisk } from './memory-disk.ts';
import { errno } from './paths.ts';

const MANY = 200;
const ROUNDS = 20;
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function write(fs: FileSystem, path: string, text: string, synced: boolean): Promise<void> {
  const file = await fs.open(path, WRITE, 0o644);
  await file.truncate(0);
  await file.write(bytes(text), 0, text.length, 0);
  if (synced) await file.sync();
  await file.close();
}

async function sync(fs: FileSystem, path: string): Promise<void> {
  const directory = await fs.open(path, constants.O_RDONLY);
  await directory.sync();
  await directory.close();
}

async function read(fs: FileSystem, path: string): Promise<string | undefined> {
  try {
    const file = await fs.open(path, constants.O_RDONLY);
    const buffer = new Uint8Array(4096);
    const { bytesRead } = await withFile(file, () => file.read(buffer, 0, buffer.length, 0));
    return new TextDecoder().decode(buffer.subarray(0, bytesRead));
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** How often each content was found at the path after a cut, over many seeds. */
async function afterCuts(
  prepare: (fs: FileSystem) => Promise<void>,
  path = '/a',
): Promise<ReadonlyMap<string | undefined, number>> {
  const found = new Map<string | undefined, number>();
  const memory = createMemoryDisk();
  await prepare(memory.fs);
  for (let seed = 0; seed < MANY; seed += 1) {
    const content = await read(memory.crash(createRandom(seed)).fs, path);
    found.set(content, (found.get(content) ?? 0) + 1);
  }
  return found;
}

describe('a power cut', () => {
  it('leaves empty, torn or zeroed files where nothing was synced but the name', async () => {
    const found = await afterCuts(async (fs) => {
      await write(fs, '/a', 'new content', false);
      await sync(fs, '/');
    });
    expect([...found.keys()]).toEqual(expect.arrayContaining(['', 'new content', '\0'.repeat(11)]));
    expect(found.size).toBeGreaterThan(5);
  });

  it('takes or leaves a name that was not synced, and never half of a rename', async () => {
    const found = await afterCuts(async (fs) => {
      await write(fs, '/a', 'old', true);
      await sync(fs, '/');
      await write(fs, '/b', 'new', true);
      await fs.rename('/b', '/a');
    });
    expect(new Set(found.keys())).toEqual(new Set(['new', 'old']));
  });

  it('takes nothing of what was written durably', async () => {
    const found = await afterCuts(async (fs) => {
      await writeDurably(fs, '/a', bytes('old'), 0o644);
      await writeDurably(fs, '/a', bytes('new'), 0o644);
    });
    expect([...found]).toEqual([['new', MANY]]);
  });

  it('never leaves a later change of a name without the earlier one', async () => {
    const found = await afterCuts(async (fs) => {
      await write(fs, '/a', 'one', true);
      await write(fs, '/b', 'two', true);
      await sync(fs, '/');
      await fs.unlink('/a');
      await fs.rename('/b', '/a');
    });
    expect(new Set(found.keys())).toEqual(new Set(['one', 'two', undefined]));
  });

  it('takes a directory with all that is in it when only the inside was synced', async () => {
    const found = await afterCuts(async (fs) => {
      await fs.mkdir('/d', 0o755);
      await write(fs, '/d/a', 'inside', true);
      await sync(fs, '/d');
    }, '/d/a');
    expect(new Set(found.keys())).toEqual(new Set(['inside', undefined]));
  });

  it('leaves the process that goes on undisturbed', async () => {
    const { fs, crash } = createMemoryDisk();
    await write(fs, '/a', 'new', false);
    const image = crash(() => 0.9);
    await write(image.fs, '/other', 'x', false);
    expect(await read(fs, '/a')).toBe('new');
    expect(await read(fs, '/other')).toBeUndefined();
  });
});

it('keeps all that a killed process wrote, and forgets it at a later cut', async () => {
  const { fs, fork } = createMemoryDisk();
  await write(fs, '/a', 'new', false);
  const next = fork();
  expect(await read(next.fs, '/a')).toBe('new');
  expect(await read(next.crash(() => 0.9).fs, '/a')).toBeUndefined();
});

it('lies after a failed sync, as the kernel does', async () => {
  const { fs, setGate, crash } = createMemoryDisk();
  await write(fs, '/a', 'old', true);
  await sync(fs, '/');
  const file = await fs.open('/a', constants.O_WRONLY);
  await file.write(bytes('new'), 0, 3, 0);
  setGate({
    before: (call, path) => {
      if (call === 'sync') throw errno('EIO', path);
    },
  });
  await expect(file.sync()).rejects.toMatchObject({ code: 'EIO' });
  setGate({});
  await file.sync();
  expect(await read(fs, '/a')).toBe('new');
  expect(await read(crash(() => 0).fs, '/a')).toBe('old');
});

const shape = (stats: Awaited<ReturnType<FileSystem['lstat']>>): unknown => [
  stats.isFile(),
  stats.isDirectory(),
  stats.isSymbolicLink(),
  stats.isDirectory() ? 0n : stats.size,
  stats.mode & 0o777n,
];

describe('every call', () => {
  const NAMES = ['a', 'b', 'd', 'd/a', 'd/b', 'd/d', 'link', 'link/r', 'gone/a'];

  /** One call drawn by chance; what it answered, an errno included. */
  async function act(fs: FileSystem, root: string, random: () => number): Promise<unknown> {
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const [one, two] = [join(root, pick(NAMES)), join(root, pick(NAMES))];
    const length = Math.floor(random() * 5);
    const calls: readonly (() => Promise<unknown>)[] = [
      () => write(fs, one, 'x'.repeat(length), true),
      () => fs.mkdir(one, 0o755),
      () => fs.rename(one, two),
      () => fs.link(one, two),
      () => fs.symlink(pick(['a', 'd', './d/a', '../r', 'link', 'link/..', 'd/../d', '..']), one),
      () => fs.unlink(one),
      () => fs.rmdir(one),
      () => fs.readdir(one).then((names) => names.toSorted()),
      () => fs.readlink(one),
      () => read(fs, one),
      () => fs.realpath(one).then((path) => path.slice(root.length)),
      () => fs.chmod(one, pick([0o644, 0o755])),
      () => fs.lstat(one, { bigint: true }).then(shape),
      () => fs.stat(one, { bigint: true }).then(shape),
      () => fs.open(one, constants.O_RDONLY | constants.O_NOFOLLOW).then((file) => file.close()),
      () => fs.open(one, constants.O_RDONLY | constants.O_DIRECTORY).then((file) => file.close()),
      () => fs.open(one, EXCLUSIVE, 0o644).then((file) => file.close()),
    ];
    try {
      return (await pick(calls)()) ?? null;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  }

  const DEPTHS = '1/2/3/4/5/6/7/8';
  const ancestry = (path: string): readonly string[] =>
    path === '/' ? [] : [...ancestry(dirname(path)), path];

  const EXCLUSIVE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

  it('answers as the kernel does, whatever comes before it', async () => {
    const seed = Date.now() % 2 ** 31;
    for (let round = 0; round < ROUNDS; round += 1) {
      await withTempDir(async (path) => {
        // Deeper than links of this test lead upwards: what lies above is not the same on both.
        const real = join(path, DEPTHS, 'r');
        await mkdir(real, { recursive: true });
        const { fs } = createMemoryDisk();
        for (const at of ancestry(join('/', DEPTHS, 'r'))) await fs.mkdir(at, 0o755);
        const draws = [createRandom(seed + round), createRandom(seed + round)] as const;
        for (let call = 0; call < 120; call += 1) {
          const theirs = await act(realFileSystem, real, draws[0]);
          const ours = await act(fs, join('/', DEPTHS, 'r'), draws[1]);
          expect({ seed: seed + round, call, answer: ours }).toEqual({
            seed: seed + round,
            call,
            answer: theirs,
          });
        }
      });
    }
  });
});
