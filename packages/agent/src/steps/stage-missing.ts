/**
 * Fetches what the device has not, going on with what an earlier life had fetched. A power cut may have torn that, because
 * nothing is synced while bytes arrive: then it is fetched once more from nothing, and the update does not fail for it.
 */
import { UpdateError } from '@pikit/protocol';
import { patchBound } from '../core/download-plan.ts';
import { downloadPath, patchPath, STAGING } from '../core/layout.ts';
import { onDisk } from '../core/space.ts';
import type { StepContext } from './context.ts';
import { fetchBundle, unpackBundle } from './stage-bundle.ts';
import type { Missing } from './fetch-meter.ts';
import { assertRoom, needOfDownload, stagedFiles } from './measure-needs.ts';
import { stagePatch } from './stage-patch.ts';
import { runsOf, stageSpans } from './stage-spans.ts';

/**
 * By a patch where one leads here and is the smallest way, member by member where the bundle allows it, else as a whole bundle.
 * Codes of the three.
 */
export async function stageMissing(
  context: StepContext,
  wanted: Missing,
  signal: AbortSignal,
): Promise<void> {
  const { disk, log } = context;
  const download = downloadPath(wanted.manifest.version);
  const isContinued = (await disk.list(download)).some((name) => name.startsWith(WHOLE));
  if (!isContinued) {
    const missing = await withPatch(context, wanted, signal);
    if (missing.size === 0 || (await haveMembers(context, { ...wanted, missing }, signal))) return;
  }
  await disk.remove(patchPath(wanted.manifest.version));
  await assertBundleFits(context, wanted);
  try {
    await fetchAndUnpack(context, wanted, signal);
  } catch (error) {
    if (!isContinued || !isOfContent(error)) throw error;
    log.warning(`what was fetched before is of no use (${error.message}): fetching it once more`);
    await disk.remove(download);
    await fetchAndUnpack(context, wanted, signal);
  }
}

/** Answers with what is still missing. */
async function withPatch(
  context: StepContext,
  wanted: Missing,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const runs = runsOf(context, wanted);
  const lessThan = patchBound(runs, context.policy.limits.bundleBytes);
  const still = await unlessBroken(context, 'doing without the patch', async () =>
    stagePatch(context, wanted, lessThan, signal),
  );
  return still ?? wanted.missing;
}

/** False where the whole bundle must do: one that is not seekable, and a server or spans that do not keep what they promise. */
async function haveMembers(
  context: StepContext,
  wanted: Missing,
  signal: AbortSignal,
): Promise<boolean> {
  const runs = runsOf(context, wanted);
  if (runs === undefined) return false;
  const isDone = await unlessBroken(context, 'fetching the whole bundle instead', async () => {
    await stageSpans(context, wanted, runs, signal);
    return true;
  });
  return isDone ?? false;
}

/** Undefined for what there is another way around, which is said. */
async function unlessBroken<T>(
  { log }: StepContext,
  instead: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UpdateError) || !BROKEN_PROMISES.has(error.code)) throw error;
    log.warning(`${error.message}: ${instead}`);
    return undefined;
  }
}

const BROKEN_PROMISES: ReadonlySet<string> = new Set([
  'source-invalid',
  'hash-mismatch',
  'bundle-invalid',
  'entry-refused',
  'too-large',
  'no-such-release',
]);

/** How the names of what is kept of a whole bundle begin. */
const WHOLE = 'bundle.';

/** It may be torn, or of a release that was published again under the same version: without its digest nobody saw that before. */
function isOfContent(error: unknown): error is UpdateError {
  return error instanceof UpdateError && OF_CONTENT.has(error.code);
}

const OF_CONTENT: ReadonlySet<string> = new Set([
  'hash-mismatch',
  'bundle-invalid',
  'entry-refused',
  'file-unexpected',
  'file-missing',
]);

/** Nobody has asked for this room yet where members or a patch were to do. Throws `no-space`. */
async function assertBundleFits(
  { disk, record }: StepContext,
  { manifest, missing }: Missing,
): Promise<void> {
  const { version, bundle } = manifest;
  const staged = new Set((await stagedFiles(disk, manifest)).map(({ path }) => path));
  const unwritten = manifest.files.filter(({ path }) => missing.has(path) && !staged.has(path));
  const bytes = onDisk(unwritten.map(({ size = 0 }) => size));
  await assertRoom(disk, [
    await needOfDownload(disk, version, record().bundleBytes ?? bundle?.size ?? 0),
    { path: STAGING, bytes, inodes: unwritten.length },
  ]);
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
