/**
 * An earlier release, unpacked so that a patch can be made from it: checked down to the last byte on the way, its files numbered
 * in the order of the manifest, so that no name of theirs is one on this disk.
 */
import type { Sha256 } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  patchSourceOf,
  type PatchSource,
} from '../../../../packages/agent/src/core/patch-source.ts';
import { checkBundle } from '../check-bundle.ts';
import { readReleaseDirectory } from '../release-directory.ts';

export interface OldRelease {
  readonly manifest: Manifest;
  readonly manifestSha256: Sha256;
  /** Undefined where its manifest leaves out a size: no patch can be made from it. */
  readonly source: PatchSource | undefined;
  readonly fileAt: (index: number) => Promise<Uint8Array>;
  /** Of the source, in order. */
  readonly read: (position: number, length: number) => AsyncGenerator<Uint8Array>;
}

/** `to` is made. Throws what `readReleaseDirectory` and `checkBundle` throw. */
export async function unpackOldRelease(directory: string, to: string): Promise<OldRelease> {
  const { manifest, manifestBytes, bundle, bundleBytes } = await readReleaseDirectory(directory);
  const { files } = manifest;
  const indices = new Map(files.map(({ path }, index) => [path, index]));
  const pathOf = (path: string): string => join(to, String(indices.get(path)));
  await mkdir(to);
  await checkBundle({ path: bundle, sizeBytes: bundleBytes }, manifest, ({ path }) => {
    const place = pathOf(path);
    return async (chunk) => appendFile(place, chunk);
  });
  const source = patchSourceOf(manifest);
  return {
    manifest,
    manifestSha256: createHash('sha256').update(manifestBytes).digest('hex') as Sha256,
    source,
    fileAt: async (index) =>
      files[index]?.size === 0 ? new Uint8Array() : readFile(join(to, String(index))),
    async *read(position, length) {
      for (const { path, offset, length: size } of source?.piecesOf(position, length) ?? []) {
        yield await readPart(pathOf(path), offset, size);
      }
    },
  };
}

async function readPart(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
