/**
 * `manifest.json.gz`: the manifest once more, which a device fetches in the place of the plain one. It vouches for nothing, but must
 * lead to the very same bytes, or no device could install the release.
 */
import { PACKED_MANIFEST_NAME, UpdateError } from '@pikit/protocol';
import { MANIFEST_LIMITS } from '@pikit/protocol/manifest';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readBounded } from './bounded-file.ts';

/** Where a gzip header names the system that made it; zlib writes the one that it runs on. */
export const GZIP_OS = { at: 9, unknown: 255 } as const;

/** The same text gives the same bytes. */
export function packManifest(text: string): Uint8Array {
  const packed = gzipSync(text, { level: 9 });
  packed[GZIP_OS.at] = GZIP_OS.unknown;
  return packed;
}

/** Whether the directory has one. Throws `hash-mismatch` for one that does not lead to these bytes. */
export async function hasPackedManifest(
  directory: string,
  manifestBytes: Uint8Array,
): Promise<boolean> {
  const packed = await readBounded(join(directory, PACKED_MANIFEST_NAME), MANIFEST_LIMITS.bytes);
  if (packed === undefined) return false;
  try {
    if (gunzipSync(packed, { maxOutputLength: MANIFEST_LIMITS.bytes }).equals(manifestBytes))
      return true;
  } catch {
    // because what cannot be unpacked is not the manifest either
  }
  const reason = 'is not the manifest once more: pack the release again, or remove it';
  throw new UpdateError('hash-mismatch', `${PACKED_MANIFEST_NAME} ${reason}`, {
    details: { path: PACKED_MANIFEST_NAME, reason },
  });
}
