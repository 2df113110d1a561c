/**
 * Which parts of a seekable bundle have to be fetched for the files that are missing: one request for neighbours, and for what
 * lies between them where that is less than a further request costs. It believes no span: what comes is checked by its digest.
 */
import type { ManifestFile } from '@pikit/protocol/manifest';

/** A part of the bundle, to be fetched in one request, and whose files in it are wanted, in their order. */
export interface SpanRun {
  readonly offset: number;
  readonly length: number;
  readonly files: readonly SpannedFile[];
}

export interface SpannedFile {
  readonly path: string;
  readonly span: readonly [offset: number, length: number];
}

/** A request takes about as long as so many bytes do on a slow line, and its headers are a part of that. */
const GAP_BYTES = 8 * 1024;

/** What ends a tar, two blocks of zeros, as a gzip member: behind members of single files it makes an archive of them. */
export const TAR_END_MEMBER = Uint8Array.from([
  0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0x63, 0x60, 0x18, 0x05, 0xa3, 0x60,
  0x14, 0x8c, 0x54, 0x00, 0x00, 0x2e, 0xaf, 0xb5, 0xef, 0x00, 0x04, 0x00, 0x00,
]);

/**
 * Undefined where the bundle has to be fetched as a whole: a file without a span or a mode of its own, and spans that overlap or
 * lie outside.
 */
export function planSpans(
  missing: readonly ManifestFile[],
  bundleBytes: number,
): readonly SpanRun[] | undefined {
  const files: SpannedFile[] = [];
  for (const { path, span, mode } of missing) {
    if (span === undefined || mode === undefined) return undefined;
    files.push({ path, span });
  }
  files.sort((one, other) => one.span[0] - other.span[0]);
  const runs: { offset: number; length: number; files: SpannedFile[] }[] = [];
  let end = 0;
  for (const file of files) {
    const [offset, length] = file.span;
    const run = runs.at(-1);
    if (length === 0 || offset < end || offset + length > bundleBytes) return undefined;
    if (run !== undefined && offset - end <= GAP_BYTES) {
      run.files.push(file);
      run.length = offset + length - run.offset;
    } else runs.push({ offset, length, files: [file] });
    end = offset + length;
  }
  return runs;
}

export const bytesIn = (runs: readonly SpanRun[]): number =>
  runs.reduce((sum, { length }) => sum + length, 0);

/** Cuts the members of the wanted files out of the bytes of the whole run, as these arrive in their order. */
export function createMemberCutter({
  offset,
  files,
}: SpanRun): (chunk: Uint8Array) => readonly Uint8Array[] {
  let at = offset;
  let next = 0;
  return (chunk) => {
    const parts: Uint8Array[] = [];
    const chunkEnd = at + chunk.length;
    for (let file = files[next]; file !== undefined; file = files[next]) {
      const [start, length] = file.span;
      const [from, to] = [Math.max(start, at), Math.min(start + length, chunkEnd)];
      if (from < to) parts.push(chunk.subarray(from - at, to - at));
      if (start + length > chunkEnd) break;
      next += 1;
    }
    at = chunkEnd;
    return parts;
  };
}
