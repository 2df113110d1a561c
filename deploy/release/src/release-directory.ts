/** The three files of a release in a directory: what they are called, and reading them within bounds. Writes nothing. */
import { UpdateError, VersionSchema, type Version } from '@pikit/protocol';
import { MANIFEST_LIMITS, type Manifest } from '@pikit/protocol/manifest';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parseManifest } from '../../../packages/agent/src/core/manifest.ts';
import { MAX_SIGNATURE_BYTES } from '../../../packages/agent/src/core/minisign.ts';

export const MANIFEST_NAME = 'manifest.json';
export const SIGNATURE_NAME = 'manifest.json.minisig';
export const bundleName = (version: Version): string => `pikit-${version}.tar.gz`;

export interface ReleaseDirectory {
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
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
  const manifestBytes = await readFileOf(directory, MANIFEST_NAME, MANIFEST_LIMITS.bytes);
  if (manifestBytes === undefined) throw missing(directory, MANIFEST_NAME);
  const manifest = parseManifest(manifestBytes, versionIn(manifestBytes));
  const signature = await readFileOf(directory, SIGNATURE_NAME, MAX_SIGNATURE_BYTES);
  const bundle = join(directory, bundleName(manifest.version));
  // Because what cannot be looked at is not there for whoever wants to publish it.
  const stats = await stat(bundle).catch(() => undefined);
  if (stats?.isFile() !== true) throw missing(directory, bundleName(manifest.version));
  return {
    manifest,
    manifestBytes,
    signature: signature && new TextDecoder().decode(signature),
    bundle,
    bundleBytes: stats.size,
  };
}

/** The manifest says it itself; that it is well-formed is asked by whoever parses it. */
function versionIn(bytes: Uint8Array): Version {
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
  } catch {
    // because what is no JSON names no version either, which is what the caller says
    return undefined;
  }
}

async function readFileOf(
  directory: string,
  name: string,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  // Because of what cannot be opened the caller says that it is not there.
  const file = await open(join(directory, name)).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    if (size <= maxBytes) return await file.readFile();
    throw new UpdateError('too-large', `${name} is larger than ${String(maxBytes)} bytes`, {
      details: { path: name, limit: maxBytes },
    });
  } finally {
    await file.close();
  }
}

function missing(directory: string, name: string): UpdateError {
  return new UpdateError('file-missing', `${name} is not in ${directory}`, {
    details: { path: name, reason: 'is not there' },
  });
}
