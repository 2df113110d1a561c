/**
 * Fetches what the device has not, going on with what an earlier life had fetched. A power cut may have torn that, because
 * nothing is synced while bytes arrive: then it is fetched once more from nothing, and the update does not fail for it.
 */
import { UpdateError } from '@pikit/protocol';
import { downloadPath } from '../core/layout.ts';
import type { StepContext } from './context.ts';
import { fetchBundle, unpackBundle } from './stage-bundle.ts';
import { stageSpans, type Missing } from './stage-spans.ts';

/**
 * Member by member where that is possible, else as a whole bundle. Codes of `stageSpans`, `fetchBundle` and `unpackBundle`.
 */
export async function stageMissing(
  context: StepContext,
  wanted: Missing,
  signal: AbortSignal,
): Promise<void> {
  const { disk, log } = context;
  const download = downloadPath(wanted.manifest.version);
  const isContinued = (await disk.list(download)).length > 0;
  if (!isContinued && (await haveMembers(context, wanted, signal))) return;
  try {
    await fetchAndUnpack(context, wanted, signal);
  } catch (error) {
    if (!isContinued || !isDamage(error)) throw error;
    log.warning(`what was fetched before is damaged (${error.message}): fetching it once more`);
    await disk.remove(download);
    await fetchAndUnpack(context, wanted, signal);
  }
}

/** False where the whole bundle must do: one that is not seekable, and a server or spans that do not keep what they promise. */
async function haveMembers(
  context: StepContext,
  wanted: Missing,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return await stageSpans(context, wanted, signal);
  } catch (error) {
    if (!(error instanceof UpdateError) || !BROKEN_PROMISES.has(error.code)) throw error;
    context.log.warning(`${error.message}: fetching the whole bundle instead`);
    return false;
  }
}

const BROKEN_PROMISES: ReadonlySet<string> = new Set([
  'source-invalid',
  'hash-mismatch',
  'bundle-invalid',
  'entry-refused',
  'too-large',
]);

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
