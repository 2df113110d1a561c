/**
 * What a tree patch copies from: all files of an installed release as one long row of bytes, in the order of its manifest.
 * Packer and agent must count alike, so both count here. It reads nothing.
 */
import type { Manifest } from '@pikit/protocol/manifest';

/** A part of one file. */
export interface SourcePiece {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

export interface PatchSource {
  readonly bytes: number;
  /** Where the file begins; undefined for a path that the release does not have. */
  readonly positionOf: (path: string) => number | undefined;
  /** What lies there, in its order. `position` and `length` must lie inside. */
  readonly piecesOf: (position: number, length: number) => readonly SourcePiece[];
}

/** Undefined where the manifest leaves out a size: then nobody could count. */
export function patchSourceOf({ files }: Manifest): PatchSource | undefined {
  const starts: number[] = [];
  const positions = new Map<string, number>();
  let bytes = 0;
  for (const { path, size } of files) {
    if (size === undefined) return undefined;
    starts.push(bytes);
    positions.set(path, bytes);
    bytes += size;
  }
  const piecesOf = (position: number, length: number): readonly SourcePiece[] => {
    const pieces: SourcePiece[] = [];
    const end = position + length;
    for (let index = indexAt(starts, position), at = position; at < end; index += 1) {
      const { path = '', size = 0 } = files[index] ?? {};
      const offset = at - (starts[index] ?? 0);
      const taken = Math.min(size - offset, end - at);
      if (taken > 0) pieces.push({ path, offset, length: taken });
      at += taken;
    }
    return pieces;
  };
  return { bytes, positionOf: (path) => positions.get(path), piecesOf };
}

/** The last that begins there or before. */
function indexAt(starts: readonly number[], position: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
