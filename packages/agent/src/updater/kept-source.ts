/**
 * A release that lies ready, as a source: its manifest and signature come from the device, so that nothing is asked of the
 * network, and are judged by the same rules as any others.
 */
import { UpdateError, type Version } from '@pikit/protocol';
import { MANIFEST_LIMITS } from '@pikit/protocol/manifest';
import type { KeptRecord } from '../core/kept-record.ts';
import { manifestPath, stagingPath } from '../core/layout.ts';
import type { Digest, Disk, ReleaseSource } from '../ports.ts';
import { readReady } from '../steps/kept-release.ts';

interface Tools {
  readonly disk: Disk;
  readonly digest: Digest;
  readonly source: ReleaseSource;
}

/** Asks the network where nothing lies ready, and where this device has come to ask for another signature since. */
export async function fetchUnlessReady<T>(
  { disk, digest, source }: Tools,
  kept: KeptRecord | undefined,
  version: Version,
  fetch: (source: ReleaseSource) => Promise<T>,
): Promise<T> {
  const bytes =
    kept &&
    (await readReady(disk)) &&
    (await disk.read(manifestPath(stagingPath(version)), MANIFEST_LIMITS.bytes));
  if (kept === undefined || bytes === undefined || digest(bytes) !== kept.manifestSha256) {
    return fetch(source);
  }
  try {
    return await fetch(sourceOf(source, kept, bytes));
  } catch (error) {
    if (!(error instanceof UpdateError) || !OF_SIGNATURE.has(error.code)) throw error;
    return fetch(source);
  }
}

const OF_SIGNATURE: ReadonlySet<string> = new Set(['signature-missing', 'signature-invalid']);

function sourceOf(
  source: ReleaseSource,
  { version, bundleBytes, signature }: KeptRecord,
  manifest: Uint8Array,
): ReleaseSource {
  return {
    ...source,
    list: async () => [
      {
        version,
        channel: 'stable',
        notes: undefined,
        published: undefined,
        bundleBytes: bundleBytes ?? undefined,
      },
    ],
    manifest: async () => manifest,
    signature: async () => (signature === null ? undefined : new TextEncoder().encode(signature)),
  };
}
