/** Follows a patch as a device does, and compares what comes out with what the new manifest promises. Keeps none of it. */
import { UpdateError } from '@pikit/protocol';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import {
  createPatchReader,
  type PatchStep,
} from '../../../../packages/agent/src/core/tree-patch.ts';
import { writableBy } from '../pack/writable-by.ts';
import type { OldRelease } from './old-release.ts';

interface Promised {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** Throws `bundle-invalid` where it cannot be followed, `hash-mismatch` with `path` where a file does not come out. */
export async function followPatch(
  patch: string,
  old: OldRelease,
  files: readonly Promised[],
): Promise<void> {
  const sizes = files.map(({ size }) => size);
  const reader = createPatchReader({ sourceBytes: old.source?.bytes ?? 0, sizes });
  let file: Promised | undefined;
  let hash = createHash('sha256');
  const finish = (): void => {
    if (file === undefined || hash.digest('hex') === file.sha256) return;
    throw new UpdateError('hash-mismatch', `${file.path} does not come out of the patch`, {
      details: { path: file.path },
    });
  };
  const follow = async (step: PatchStep): Promise<void> => {
    if (step.kind === 'file') {
      finish();
      file = files[step.index];
      hash = createHash('sha256');
    } else if (step.kind === 'literal') hash.update(step.bytes);
    else for await (const piece of old.read(step.position, step.length)) hash.update(piece);
  };
  const sink = writableBy(async (chunk) => {
    for (const step of reader.push(chunk)) await follow(step);
  });
  await pipeline(createReadStream(patch), createBrotliDecompress(), sink);
  reader.end();
  finish();
}
