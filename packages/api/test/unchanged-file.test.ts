/** A file that is seldom read again, and always when it must be. */
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { withTempDir } from '../../../test/support/temp-dir.ts';
import { createUnchangedFile } from '../src/unchanged-file.ts';

const open = (directory: string) => {
  const path = join(directory, 'file');
  const reads: string[] = [];
  let clock = Date.now() + 3_600_000;
  const read = createUnchangedFile(
    path,
    async () => {
      const text = await readFile(path, 'utf8');
      reads.push(text);
      return text;
    },
    () => clock,
  );
  return {
    path,
    reads,
    /** In a later turn, so that it is looked at again. */
    read: async () => {
      await nextTurn();
      await nextTurn();
      return read();
    },
    setClock: (time: number) => (clock = time),
  };
};

it('is read once as long as it stays the same', async () => {
  await withTempDir(async (directory) => {
    const { path, reads, read } = open(directory);
    await writeFile(path, 'one');
    expect([await read(), await read(), await read()]).toEqual(['one', 'one', 'one']);
    expect(reads).toEqual(['one']);
  });
});

it('is read again after each change, also one of the same size, in place or by another file', async () => {
  await withTempDir(async (directory) => {
    const { path, read } = open(directory);
    await writeFile(path, 'one');
    expect(await read()).toBe('one');
    await writeFile(path, 'two');
    await utimes(path, 1, 1);
    expect(await read()).toBe('two');
    await writeFile(`${path}.new`, 'six');
    await utimes(`${path}.new`, 1, 1);
    await rename(`${path}.new`, path);
    expect(await read()).toBe('six');
  });
});

it('is read each time while it is young, because its times may hide the next change', async () => {
  await withTempDir(async (directory) => {
    const { path, reads, read, setClock } = open(directory);
    await writeFile(path, 'one');
    setClock((await stat(path)).mtimeMs + 500);
    await read();
    await read();
    expect(reads).toEqual(['one', 'one']);
  });
});

it('keeps no failure', async () => {
  await withTempDir(async (directory) => {
    const { path, read } = open(directory);
    await expect(read()).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(path, 'one');
    expect(await read()).toBe('one');
    await rm(path);
    await expect(read()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
