/** The files of a release in a directory, read within bounds. Writes nothing. */
import {
  bundleName,
  MANIFEST_NAME,
  SIGNATURE_NAME,
  UpdateError,
  VersionSchema,
  type Sha256,
  type Version,
} from '@pikit/protocol';
import { MANIFEST_LIMITS, type Manifest } from '@pikit/protocol/manifest';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parseManifest } from '../../../packages/agent/src/core/manifest.ts';
import { MAX_SIGNATURE_BYTES } from '../../../packages/agent/src/core/minisign.ts';
import { readBounded } from './bounded-file.ts';

/** `from`: the digest of the manifest of the earlier release. */
export const patchName = (version: Version, from: Sha256): string =>
  `pikit-${version}.from-${from.slice(0, 8)}.patch`;

/** What is read before anybody believes it. */
export interface UnverifiedManifest {
  /** As it says itself. */
  readonly version: Version;
  readonly manifestBytes: Uint8Array;
}

export interface ReleaseDirectory extends UnverifiedManifest {
  readonly manifest: Manifest;
  /** Undefined where it was not signed. */
  readonly signature: string | undefined;
  readonly bundle: string;
  readonly bundleBytes: number;
}

/**
 * Throws `manifest-invalid` for what the agent would refuse, `file-missing` with `path` where manifest or bundle are not
 * there, `too-large`.
 */
export async function readReleaseDirectory(directory: string): Promise<ReleaseDirectory> {
  const unverified = await readManifest(directory);
  const { version, manifestBytes } = unverified;
  const manifest = parseManifest(manifestBytes, version);
  const signature = await readSignature(directory);
  const { path: bundle, sizeBytes: bundleBytes } = await findBundle(directory, version);
  return { ...unverified, manifest, signature, bundle, bundleBytes };
}

/** Throws `file-missing`, `too-large`, and `manifest-invalid` where it names no version; nothing else of it is judged. */
export async function readManifest(directory: string): Promise<UnverifiedManifest> {
  const manifestBytes = await readManifestBytes(directory);
  return { version: versionIn(manifestBytes), manifestBytes };
}

/** Throws `file-missing`, `too-large`; nothing of it is judged. */
export async function readManifestBytes(directory: string): Promise<Uint8Array> {
  const bytes = await readBounded(join(directory, MANIFEST_NAME), MANIFEST_LIMITS.bytes);
  if (bytes === undefined) throw missing(directory, MANIFEST_NAME);
  return bytes;
}

/** Throws `too-large`. */
export async function readSignature(directory: string): Promise<string | undefined> {
  const bytes = await readBounded(join(directory, SIGNATURE_NAME), MAX_SIGNATURE_BYTES);
  return bytes && new TextDecoder().decode(bytes);
}

/** Throws `file-missing`. */
export async function findBundle(
  directory: string,
  version: Version,
): Promise<{ readonly path: string; readonly sizeBytes: number }> {
  const path = join(directory, bundleName(version));
  // Because what cannot be looked at is not there for whoever wants to publish it.
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile() !== true) throw missing(directory, bundleName(version));
  return { path, sizeBytes: stats.size };
}

/** The manifest says it itself; that it is well-formed is asked by whoever parses it. Throws `manifest-invalid`. */
export function versionIn(bytes: Uint8Array): Version {
  const document = v.safeParse(v.object({ version: v.string() }), parsed(bytes));
  const text = document.success ? document.output.version.replace(/^v/, '') : '';
  const version = v.safeParse(VersionSchema, text);
  if (version.success) return version.output;
  throw new UpdateError('manifest-invalid', `${MANIFEST_NAME} names no version`, {
    details: { where: 'version', reason: 'missing or not a version' },
  });
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UpdateError('manifest-invalid', `${MANIFEST_NAME} is not JSON: ${reason}`, {
      cause,
      details: { where: 'manifest', reason: 'not JSON' },
    });
  }
}

function missing(directory: string, name: string): UpdateError {
  return new UpdateError('file-missing', `${name} is not in ${directory}`, {
    details: { path: name, reason: 'is not there' },
  });
}
