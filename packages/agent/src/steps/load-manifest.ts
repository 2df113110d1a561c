/** A manifest of ours on the disk, as far as it can be read. Whether it is the right one its digest tells the caller. */
import { UpdateError, type Sha256 } from '@pikit/protocol';
import { MANIFEST_LIMITS, type Manifest } from '@pikit/protocol/manifest';
import { parseAnyManifest } from '../core/manifest.ts';
import type { Disk } from '../ports.ts';

/** Undefined where there is none, and for one that is damaged. */
export async function loadManifest(
  disk: Disk,
  path: string,
  maxBytes: number = MANIFEST_LIMITS.bytes,
): Promise<{ readonly value: Manifest; readonly sha256: Sha256 } | undefined> {
  try {
    return await disk.load(path, maxBytes, parseAnyManifest);
  } catch (error) {
    if (error instanceof UpdateError && error.code === 'manifest-invalid') return undefined;
    throw error;
  }
}
