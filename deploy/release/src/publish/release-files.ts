/**
 * What of a release directory is published: the bundle, the patches, the manifest plain and packed and, where there is one, the
 * signature, with their digests. It judges nothing that needs the maintainer's public key; that is `verify`'s work.
 */
import {
  channelOf,
  MANIFEST_NAME,
  PACKED_MANIFEST_NAME,
  SIGNATURE_NAME,
  UpdateError,
  type Version,
} from '@pikit/protocol';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseSignature } from '../../../../packages/agent/src/core/minisign.ts';
import { checkPatches } from '../check-patches.ts';
import { hasPackedManifest } from '../packed-manifest.ts';
import { readReleaseDirectory } from '../release-directory.ts';

export interface ReleaseFile {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface ReleaseFiles {
  readonly version: Version;
  /** `beta` for a version with a pre-release part, as a device reads it. */
  readonly channel: 'stable' | 'beta';
  /** Of the manifest; empty where it has none. */
  readonly notes: string;
  readonly isSigned: boolean;
  /** The manifest comes after the bundle: where it is, the rest is. */
  readonly files: readonly ReleaseFile[];
}

/**
 * Throws what `readReleaseDirectory` throws, `hash-mismatch` when the bundle or a patch is not the manifest's, and, unless a release may
 * be unsigned, `signature-missing`.
 */
export async function readReleaseFiles(
  directory: string,
  mayBeUnsigned: boolean,
): Promise<ReleaseFiles> {
  const release = await readReleaseDirectory(directory);
  const { version, bundle: promised } = release.manifest;
  if (release.signature !== undefined) parseSignature(release.signature);
  else if (!mayBeUnsigned) {
    throw new UpdateError(
      'signature-missing',
      `${SIGNATURE_NAME} is not in ${directory}: sign it, or say --unsigned`,
      { details: { version } },
    );
  }
  const bundle = await releaseFile(release.bundle);
  const isOther = promised?.sha256 !== undefined && promised.sha256 !== bundle.sha256;
  if (isOther || (promised?.size ?? bundle.size) !== bundle.size) {
    throw new UpdateError('hash-mismatch', `${bundle.name} is not the one of the manifest`, {
      details: { path: bundle.name },
    });
  }
  const isSigned = release.signature !== undefined;
  const isPacked = await hasPackedManifest(directory, release.manifestBytes);
  const names = [
    ...(isSigned ? [SIGNATURE_NAME] : []),
    ...(isPacked ? [PACKED_MANIFEST_NAME] : []),
    MANIFEST_NAME,
  ];
  const { patches = [] } = release.manifest;
  await checkPatches(directory, release.manifest);
  const papers = await Promise.all(names.map((name) => releaseFile(join(directory, name))));
  return {
    version,
    channel: channelOf(version),
    notes: release.manifest.notes ?? '',
    isSigned,
    files: [
      bundle,
      // Just checked to be what the manifest says of them.
      ...patches.map(({ name, size, sha256 }) => ({
        name,
        path: join(directory, name),
        size,
        sha256,
      })),
      ...papers,
    ],
  };
}

export async function digestOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

async function releaseFile(path: string): Promise<ReleaseFile> {
  const { size } = await stat(path);
  return { name: basename(path), path, size, sha256: await digestOf(createReadStream(path)) };
}
