/**
 * How large a release may be, asked of its manifest before a byte is fetched, and of a single file once more when the
 * archive names its size. A manifest may leave sizes out; then only what really comes is counted.
 */
import { UpdateError } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { belongsTo } from './activation-plan.ts';
import type { Limits, Policy } from './policy.ts';

/** A copied target is a unit file or a cron entry, not an archive: it is written from memory. */
export const MAX_COPY_BYTES = 16 * 1024 * 1024;

/** What updater.toml allows unless it says otherwise; a packer makes nothing larger. */
export const DEFAULT_SIZES = {
  bundleBytes: 512 * 1024 * 1024,
  fileBytes: 1024 * 1024 * 1024,
  unpackedBytes: 2 * 1024 * 1024 * 1024,
} as const;

interface Bounds extends Pick<Policy, 'targets'> {
  readonly limits: Pick<Limits, keyof typeof DEFAULT_SIZES>;
}

/** Throws `too-large` with `limit`, and with `path` for a single file. */
export function assertModest(manifest: Manifest, bundleBytes: number, bounds: Bounds): void {
  const { limits } = bounds;
  let sum = 0;
  for (const { path, size = 0 } of manifest.files) {
    assertFileSize(path, size, bounds);
    sum += size;
  }
  if (sum > limits.unpackedBytes) throw tooLarge('all files together are', limits.unpackedBytes);
  if (bundleBytes > limits.bundleBytes) throw tooLarge('the bundle is', limits.bundleBytes);
}

export function assertFileSize(path: string, size: number, { limits, targets }: Bounds): void {
  const isCopied = targets.some((target) => target.copy && belongsTo(target, path));
  const limit = isCopied ? Math.min(MAX_COPY_BYTES, limits.fileBytes) : limits.fileBytes;
  if (size > limit) throw tooLarge(`${path} is`, limit, path);
}

function tooLarge(what: string, limit: number, path?: string): UpdateError {
  return new UpdateError('too-large', `${what} larger than ${String(limit)} bytes`, {
    details: { limit, ...(path === undefined ? {} : { path }) },
  });
}
