/** What can be copied from, and where in the patch's source it stands. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { createCopyPool } from '../../src/patch/copy-pool.ts';
import { NEW, OLD, packPair } from './scene.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await makeTempDir();
});
afterEach(() => dir.remove());

describe('createCopyPool', () => {
  it('holds what is gone before what is kept, each file with its place in the source', async () => {
    const { old, files } = await packPair(dir.path, OLD, NEW);
    const pool = await createCopyPool(old, new Set(files.map(({ sha256 }) => sha256)));
    // The logo, which is second in the source, comes last here.
    expect([0, 60_000, 60_049].map((offset) => pool.fileAt(offset))).toEqual([
      { start: 0, end: 60_000, position: 0 },
      { start: 60_000, end: 60_049, position: 65_000 },
      { start: 60_049, end: 65_049, position: 60_000 },
    ]);
    expect(Buffer.from(pool.bytes.subarray(60_049)).toString()).toBe(OLD['assets/logo.svg']);
  });

  it('has each file on its own, too', async () => {
    const { old } = await packPair(dir.path, OLD, NEW);
    const pool = await createCopyPool(old, new Set());
    const near = await pool.near(3);
    expect(Buffer.from(near.bytes).toString()).toBe(OLD['index.html']);
    expect(near.fileAt(7)).toEqual({ start: 0, end: 49, position: 65_000 });
    expect((await pool.near(2)).bytes).toHaveLength(0);
  });
});
