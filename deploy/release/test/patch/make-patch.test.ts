/** A patch is small, the same each time, and made only where it pays. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { makePatch } from '../../src/patch/make-patch.ts';
import { letters, NEW, OLD, packPair, type Files } from './scene.ts';

let dir: TempDir;
let path: string;
beforeEach(async () => {
  dir = await makeTempDir();
  path = join(dir.path, 'pikit-1.1.0.from-12345678.patch');
});
afterEach(() => dir.remove());

async function make(before: Files, after: Files) {
  const { old, files } = await packPair(dir.path, before, after);
  return makePatch(old, files, path);
}

describe('makePatch', () => {
  it('takes a small part of what has changed, and leaves nothing else behind', async () => {
    const patch = await make(OLD, NEW);
    expect(patch).toMatchObject({ name: basename(path), size: expect.any(Number) });
    // Of 70 kilobytes that compress to 45.
    expect(patch?.size).toBeLessThan(400);
    expect((await readFile(path)).length).toBe(patch?.size);
    expect(existsSync(`${path}.raw`)).toBe(false);
  });

  it('is the same for the same two releases', async () => {
    const { old, files } = await packPair(dir.path, OLD, NEW);
    const [one, other] = [
      await makePatch(old, files, path),
      await makePatch(old, files, `${path}2`),
    ];
    expect(one?.sha256).toBe(other?.sha256);
  });

  it.each<[string, Files, Files]>([
    ['nothing is alike', OLD, { a: letters(9, 20_000), b: letters(10, 20_000) }],
    ['too little is alike', OLD, { a: letters(9, 50_000) + letters(1, 15_000) }],
    ['nothing has changed', OLD, OLD],
  ])('is not made where %s', async (_what, before, after) => {
    expect(await make(before, after)).toBeUndefined();
    expect((await readdir(dir.path)).filter((name) => name.includes('patch'))).toEqual([]);
  });

  it('leaves very large files to be fetched as a whole', async () => {
    const noise = createHash('shake256', { outputLength: 1024 * 1024 }).digest();
    const large = Buffer.concat(Array.from({ length: 33 }, () => noise));
    const patch = await make(OLD, { ...NEW, large });
    expect(patch?.size).toBeLessThan(400);
  });

  it('is refused when a file was changed since it was packed', async () => {
    const { old, files } = await packPair(dir.path, OLD, NEW);
    await writeFile(join(dir.path, '1.1.0/dist/index.html'), 'changed');
    await expect(makePatch(old, files, path)).rejects.toMatchObject({
      code: 'bundle-invalid',
      details: { path: 'web/index.html' },
    });
  });
});
