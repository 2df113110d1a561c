/**
 * The old files that any new one may copy from, held in memory up to a limit: first those that the new release no longer has,
 * as what was renamed and edited came from them, then the others.
 */
import { createByteIndex } from './byte-index.ts';
import type { CopySource, OldFile } from './find-copies.ts';
import type { OldRelease } from './old-release.ts';

const POOL_BYTES = 64 * 1024 * 1024;
const POOL_STEP = 16;

/** Of one file, which is searched more closely. */
const FILE_STEP = 4;

export interface CopyPool extends CopySource {
  /** The file's own part of it, or read for the purpose. */
  readonly near: (index: number) => Promise<CopySource>;
}

/** `kept`: digests that the new release has as well. */
export async function createCopyPool(
  old: OldRelease,
  kept: ReadonlySet<string>,
): Promise<CopyPool> {
  const { files } = old.manifest;
  const order = [...files.keys()];
  const isGone = (index: number): boolean => !kept.has(files[index]?.sha256 ?? '');
  const wanted = [...order.filter(isGone), ...order.filter((index) => !isGone(index))];
  const sizeOf = (index: number): number => files[index]?.size ?? 0;
  const positionOf = (index: number): number =>
    old.source?.positionOf(files[index]?.path ?? '') ?? 0;

  const held: OldFile[] = [];
  const heldOf = new Map<number, OldFile>();
  let end = 0;
  for (const index of wanted) {
    const size = sizeOf(index);
    if (size === 0 || end + size > POOL_BYTES) continue;
    const file = { start: end, end: end + size, position: positionOf(index) };
    held.push(file);
    heldOf.set(index, file);
    end = file.end;
  }
  const bytes = new Uint8Array(end);
  for (const [index, { start }] of heldOf) bytes.set(await old.fileAt(index), start);

  return {
    bytes,
    index: createByteIndex(bytes, POOL_STEP),
    fileAt: (offset) => fileAround(held, offset),
    async near(index) {
      const inPool = heldOf.get(index);
      const own = inPool ? bytes.subarray(inPool.start, inPool.end) : await old.fileAt(index);
      const file = { start: 0, end: own.length, position: positionOf(index) };
      return { bytes: own, index: createByteIndex(own, FILE_STEP), fileAt: () => file };
    },
  };
}

/** Those before it end where it begins. */
function fileAround(held: readonly OldFile[], offset: number): OldFile {
  let [low, high] = [0, held.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (offset < (held[middle]?.end ?? 0)) high = middle;
    else low = middle + 1;
  }
  return held[low] ?? { start: 0, end: 0, position: 0 };
}
