/** Bytes of an installed release for a patch, in whole blocks, and what has become of its files. */
import { ManifestSchema } from '@pikit/protocol/manifest';
import { createHash } from 'node:crypto';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { createDisk } from '../../src/adapters/disk-posix.ts';
import { patchSourceOf } from '../../src/core/patch-source.ts';
import type { Disk } from '../../src/ports.ts';
import { createReadCopy, type ReadCopy } from '../../src/steps/patch-copies.ts';

const SIZES = { a: 300_000, 'web/b': 700_000, c: 10 };
const CONTENT = createHash('shake256', { outputLength: 1_000_010 }).digest();

let dir: TempDir;
let reads: number;
let readCopy: ReadCopy;
beforeEach(async () => {
  dir = await makeTempDir();
  await mkdir(join(dir.path, 'tree/web'), { recursive: true });
  const files = Object.entries(SIZES).map(([path, size]) => ({
    path,
    size,
    sha256: 'a'.repeat(64),
  }));
  let at = 0;
  for (const { path, size } of files) {
    await writeFile(join(dir.path, 'tree', path), CONTENT.subarray(at, at + size));
    at += size;
  }
  reads = 0;
  const disk = createDisk({ root: dir.path });
  const counting: Disk = {
    ...disk,
    stream: (...where) => {
      reads += 1;
      return disk.stream(...where);
    },
  };
  const source = patchSourceOf(v.parse(ManifestSchema, { version: '1.0.0', changelog: '', files }));
  readCopy = createReadCopy(counting, '/tree', source ?? expect.fail('sizes are there'));
});
afterEach(() => dir.remove());

describe('createReadCopy', () => {
  it.each([
    [0, 1],
    [299_990, 20],
    [262_140, 10],
    [0, 1_000_010],
    [1_000_000, 10],
  ])('reads from %i on %i bytes, over the ends of blocks and files', async (position, length) => {
    const copied = await buffer(readCopy(position, length));
    expect(copied.equals(CONTENT.subarray(position, position + length))).toBe(true);
  });

  it('reads a block once for all pieces in it, and remembers only so many', async () => {
    for (let at = 0; at < 5000; at += 50) await buffer(readCopy(300_000 + at, 40));
    expect(reads).toBe(1);
    await buffer(readCopy(0, 1_000_010));
    // 64 KiB each: 5, 11 and 1, without the one that is known.
    expect(reads).toBe(17);
  });

  it('finds a file that became shorter, or is gone', async () => {
    await truncate(join(dir.path, 'tree/a'), 1000);
    await rm(join(dir.path, 'tree/c'));
    expect(await buffer(readCopy(900, 100))).toHaveLength(100);
    await expectCode(buffer(readCopy(900, 101)), 'hash-mismatch');
    await expectCode(buffer(readCopy(1_000_000, 1)), 'hash-mismatch');
  });
});
