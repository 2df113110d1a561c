/**
 * Fetches what the device has not, going on with what an earlier life had fetched. A power cut may have torn that, because
 * nothing is synced while bytes arrive: then it is fetched once more from nothing, and the update does not fail for it.
 */
import { UpdateError } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { downloadPath } from '../core/layout.ts';
import type { StepContext } from './context.ts';
import { fetchBundle, unpackBundle } from './stage-bundle.ts';
import type { Library } from './stage-local.ts';

interface Missing {
  readonly manifest: Manifest;
  /** Paths in the release. */
  readonly missing: ReadonlySet<string>;
  readonly library: Library;
}

/** Codes of `fetchBundle` and `unpackBundle`. */
export async function stageMissing(
  context: StepContext,
  wanted: Missing,
  signal: AbortSignal,
): Promise<void> {
  const { disk, log } = context;
  const download = downloadPath(wanted.manifest.version);
  const isContinued = (await disk.list(download)).length > 0;
  try {
    await fetchAndUnpack(context, wanted, signal);
  } catch (error) {
    if (!isContinued || !isDamage(error)) throw error;
    log.warning(`what was fetched before is damaged (${error.message}): fetching it once more`);
    await disk.remove(download);
    await fetchAndUnpack(context, wanted, signal);
  }
}

function isDamage(error: unknown): error is UpdateError {
  return error instanceof UpdateError && ['hash-mismatch', 'bundle-invalid'].includes(error.code);
}

async function fetchAndUnpack(
  context: StepContext,
  { manifest, missing, library }: Missing,
  signal: AbortSignal,
): Promise<void> {
  const filesTotal = manifest.files.length;
  let filesDone = filesTotal - missing.size;
  const bytes = { done: 0, total: context.record().bundleBytes ?? 0 };
  const report = (): void => {
    context.report({ filesDone, filesTotal, bytesDone: bytes.done, bytesTotal: bytes.total });
  };
  const onBytes = (done: number, total: number | undefined): void => {
    bytes.done = done;
    bytes.total = total ?? bytes.total;
    report();
  };
  await fetchBundle(context, manifest, onBytes, signal);
  context.log.info(`fetched ${String(context.record().bytesFetched)} bytes`);
  const onFile = (): void => {
    filesDone += 1;
    report();
  };
  await unpackBundle(context, manifest, missing, library, onFile, signal);
}
