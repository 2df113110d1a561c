/**
 * Makes a tree patch from an earlier release to a new one, where that pays: smaller by a good part than what a device would
 * fetch without it. Bounded in time and memory whatever the two are, the same bytes for the same two, and followed once as a
 * device follows it before anybody sees it.
 */
import { UpdateError, type Sha256 } from '@pikit/protocol';
import type { ManifestPatch } from '@pikit/protocol/manifest';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress } from 'node:zlib';
import type { PackedFile } from '../pack/seekable-bundle.ts';
import { digestOf } from '../publish/release-files.ts';
import { createCopyPool } from './copy-pool.ts';
import { findCopies, type Instruction } from './find-copies.ts';
import { followPatch } from './follow-patch.ts';
import type { OldRelease } from './old-release.ts';
import { createPatchWriter, patchHeader } from './patch-writer.ts';
import { createPredecessors } from './predecessors.ts';

/** A larger file is left to be fetched as a whole, since it is held in memory here. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** Of what the device would fetch without it; above that the second way of doing it is not worth its risk. */
const WORTH_IT = 0.7;

/** Of the changed bytes. With more than that new, brotli need not be asked whether it pays. */
const MOSTLY_NEW = 0.9;

/** Its best costs two seconds a megabyte, so what is larger gets the second best. */
const BEST_BYTES = 8 * 1024 * 1024;

/** What a device needs to hold while it reads: 2^22 bytes. */
const WINDOW_BITS = 22;

export interface NewFile extends PackedFile {
  /** On this disk. */
  readonly source: string;
}

/**
 * `files` in the order of the manifest; the patch is written to `to`. Undefined where it would not pay. Throws
 * `bundle-invalid` where a file was changed since it was packed, and what the disk throws.
 */
export async function makePatch(
  old: OldRelease,
  files: readonly NewFile[],
  to: string,
): Promise<ManifestPatch | undefined> {
  const changed = changedFiles(old, files);
  if (old.source === undefined || changed.length === 0) return undefined;
  const changedBytes = sumOf(changed.map((index) => files[index]?.size));
  const packedBytes = sumOf(changed.map((index) => files[index]?.span[1]));

  const raw = `${to}.raw`;
  try {
    const literalBytes = await writeRaw(raw, { old, files, changed });
    if (literalBytes > changedBytes * MOSTLY_NEW) return undefined;
    await compress(raw, to);
  } finally {
    await rm(raw, { force: true });
  }
  const { size } = await stat(to);
  if (size > packedBytes * WORTH_IT) {
    await rm(to);
    return undefined;
  }
  await followPatch(to, old, files);
  const sha256 = (await digestOf(createReadStream(to))) as Sha256;
  return { from: old.manifestSha256, name: basename(to), size, sha256 };
}

/** Those whose content the old release does not have, each content once. */
function changedFiles({ manifest }: OldRelease, files: readonly NewFile[]): readonly number[] {
  const known = new Set<string>(manifest.files.map(({ sha256 }) => sha256));
  const changed: number[] = [];
  for (const [index, { sha256, size }] of files.entries()) {
    if (known.has(sha256) || size > MAX_FILE_BYTES) continue;
    known.add(sha256);
    changed.push(index);
  }
  return changed;
}

interface Order {
  readonly old: OldRelease;
  readonly files: readonly NewFile[];
  /** Their indices. */
  readonly changed: readonly number[];
}

/** Answers with how many of the bytes are new. */
async function writeRaw(to: string, { old, files, changed }: Order): Promise<number> {
  const pool = await createCopyPool(old, new Set(files.map(({ sha256 }) => sha256)));
  const predecessorOf = createPredecessors(old.manifest.files);
  const writer = createPatchWriter();
  let literalBytes = 0;
  function* counted(instructions: Iterable<Instruction>) {
    for (const instruction of instructions) {
      literalBytes += instruction.literal;
      yield instruction;
    }
  }
  const output = await open(to, 'wx');
  try {
    await output.appendFile(patchHeader(changed));
    for (const index of changed) {
      const file = files[index];
      if (file === undefined) continue;
      const target = await unchanged(file);
      const predecessor = predecessorOf(file);
      const near = predecessor === undefined ? [] : [await pool.near(predecessor)];
      const instructions = counted(findCopies(target, [...near, pool]));
      for (const piece of writer.file(target, instructions)) await output.appendFile(piece);
    }
    for (const piece of writer.end()) await output.appendFile(piece);
  } finally {
    await output.close();
  }
  return literalBytes;
}

async function unchanged({ source, path, sha256 }: NewFile): Promise<Uint8Array> {
  const bytes = await readFile(source);
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  const reason = 'changed while it was packed';
  throw new UpdateError('bundle-invalid', `${source} ${reason}`, { details: { path, reason } });
}

async function compress(raw: string, to: string): Promise<void> {
  const { size } = await stat(raw);
  const brotli = createBrotliCompress({
    params: {
      [constants.BROTLI_PARAM_QUALITY]: size > BEST_BYTES ? 9 : 11,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: size,
    },
  });
  const options = { flags: 'wx', flush: true };
  await pipeline(createReadStream(raw), brotli, createWriteStream(to, options));
}

const sumOf = (sizes: readonly (number | undefined)[]): number =>
  sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
