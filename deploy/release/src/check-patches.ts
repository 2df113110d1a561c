/** Whether the patches of a release are those of its manifest. What comes out of them a device checks file by file. */
import { UpdateError } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Throws `file-missing`, `hash-mismatch` with `path`. */
export async function checkPatches(directory: string, { patches = [] }: Manifest): Promise<void> {
  for (const { name, size, sha256 } of patches) {
    const path = join(directory, name);
    // Because what cannot be looked at is not there for a device either.
    const stats = await stat(path).catch(() => undefined);
    if (stats?.isFile() !== true) throw failure('file-missing', name, `is not in ${directory}`);
    const hash = createHash('sha256');
    if (stats.size === size) await pipeline(createReadStream(path), hash);
    if (hash.digest('hex') !== sha256)
      throw failure('hash-mismatch', name, 'is not the one of the manifest');
  }
}

function failure(
  code: 'file-missing' | 'hash-mismatch',
  path: string,
  reason: string,
): UpdateError {
  return new UpdateError(code, `${path} ${reason}`, { details: { path, reason } });
}
