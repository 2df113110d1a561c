/**
 * Files that must be fetched, made from those of the release that runs: one small asset says what to copy from where, and
 * brings what is new. It is read only when it is the manifest's, and each file that comes out is checked by its own digest.
 */
import { UpdateError, type ErrorCode } from '@pikit/protocol';
import type { ManifestPatch } from '@pikit/protocol/manifest';
import { counted } from '../core/counted.ts';
import { patchPath } from '../core/layout.ts';
import { createPatchReader, type PatchStep } from '../core/tree-patch.ts';
import type { Disk } from '../ports.ts';
import { chosenRelease } from './chosen-release.ts';
import type { StepContext } from './context.ts';
import { createFetchMeter, type FetchMeter, type Missing } from './fetch-meter.ts';
import { gather } from './gather.ts';
import { createReadCopy, type ReadCopy } from './patch-copies.ts';
import { findPatchWay } from './patch-way.ts';
import { stageEntry } from './stage-bundle.ts';

/** Less is fetched once more about as soon as a card has synced it and its name. It is hashed before it is followed. */
const WORTH_SYNCING_BYTES = 1024 * 1024;

/**
 * Answers with what is still missing afterwards: everything where no patch of less than `lessThan` bytes leads here from the
 * release that runs; and what did not come out, because an installed file is not what it was. Throws `hash-mismatch` for a
 * patch that is not the manifest's, `bundle-invalid` for one that cannot be followed, and the codes of the source.
 */
export async function stagePatch(
  context: StepContext,
  wanted: Missing,
  lessThan: number,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { disk, log, unbrotli } = context;
  const { manifest } = wanted;
  const way = await findPatchWay(context, manifest);
  if (way === undefined) return wanted.missing;
  const { patch } = way;
  const kept = await keptOf(disk, patchPath(manifest.version), patch.size);
  if (patch.size - kept >= lessThan) return wanted.missing;
  const meter = createFetchMeter(context, wanted, patch.size - kept);
  try {
    await fetchPatch(context, wanted, patch, { kept, meter }, signal);
  } finally {
    meter.settle();
  }
  const sizes = manifest.files.map(({ size = 0 }) => size);
  const reader = createPatchReader({ sourceBytes: way.source.bytes, sizes });
  const steps = async function* (): AsyncGenerator<PatchStep, void> {
    const bytes = unbrotli(disk.stream(patchPath(manifest.version)));
    for await (const chunk of bytes) yield* reader.push(chunk);
    reader.end();
  };
  const readCopy = createReadCopy(disk, way.tree, way.source);
  const still = await follow(context, wanted, { steps: steps(), readCopy, meter }, signal);
  log.info(
    `a patch of ${String(patch.size)} bytes made ${counted(wanted.missing.size - still.size, 'file')}`,
  );
  return still;
}

/** Bytes that an earlier life has fetched. */
async function keptOf(disk: Disk, path: string, size: number): Promise<number> {
  const entry = await disk.lstat(path);
  return entry?.kind === 'file' && entry.size <= size ? entry.size : 0;
}

/** Goes on behind the `kept` bytes. What a power cut has torn of them is fetched once more from nothing. */
async function fetchPatch(
  context: StepContext,
  { manifest: { version } }: Missing,
  patch: ManifestPatch,
  { kept, meter }: { readonly kept: number; readonly meter: FetchMeter },
  signal: AbortSignal,
): Promise<void> {
  const { disk, log } = context;
  const path = patchPath(version);
  for (const offset of kept === 0 ? [0] : [kept, 0]) {
    try {
      const rest = restOf(context, patch, offset, meter, signal);
      await disk.resume(path, offset, rest, WORTH_SYNCING_BYTES);
    } catch (error) {
      // A server that gives no parts gives all of it at least.
      if (offset === 0 || !isOfCode(error, 'source-invalid')) throw error;
    }
    if ((await disk.hash(path)).sha256 === patch.sha256) return;
    if (offset > 0) log.warning('the part of the patch that lay here is of no use');
  }
  await disk.remove(path);
  const text = `${patch.name} is not the patch that the manifest promises`;
  throw new UpdateError('hash-mismatch', text, { details: { path: patch.name } });
}

async function* restOf(
  context: StepContext,
  { name, size }: ManifestPatch,
  offset: number,
  meter: FetchMeter,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  if (offset === size) return;
  const part = { name, offset, length: size - offset };
  for await (const chunk of context.source.fetchPart(chosenRelease(context), part, signal)) {
    meter.bytes(chunk.length);
    yield chunk;
  }
}

const isOfCode = (error: unknown, code: ErrorCode): boolean =>
  error instanceof UpdateError && error.code === code;

interface Course {
  readonly steps: AsyncGenerator<PatchStep, void>;
  readonly readCopy: ReadCopy;
  readonly meter: FetchMeter;
}

/** Answers with what is still missing. */
async function follow(
  context: StepContext,
  { manifest, missing, library }: Missing,
  { steps, readCopy, meter }: Course,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const still = new Set(missing);
  for await (const { index, content } of byFile(steps)) {
    signal.throwIfAborted();
    const file = manifest.files[index];
    if (file?.mode === undefined || file.size === undefined || !still.has(file.path)) continue;
    const body = gather(bytesOf(content, readCopy), file.size);
    try {
      const found = { executable: false, size: file.size, body, library };
      await stageEntry(context, manifest.version, file, found);
      still.delete(file.path);
      meter.file();
    } catch (error) {
      // because what an installed file has become is no fault of the patch: the others come out all the same.
      if (!(error instanceof UpdateError && error.code === 'hash-mismatch')) throw error;
      context.log.warning(`${file.path} does not come out of the patch: ${error.message}`);
    }
  }
  return still;
}

interface PatchedFile {
  readonly index: number;
  readonly content: AsyncGenerator<PatchStep, void>;
}

/** One after the other. What of a file's content nobody takes is passed over. */
async function* byFile(steps: AsyncGenerator<PatchStep, void>): AsyncGenerator<PatchedFile, void> {
  let step = await steps.next();
  const content = async function* (): AsyncGenerator<PatchStep, void> {
    for (; step.done !== true && step.value.kind !== 'file'; step = await steps.next()) {
      yield step.value;
    }
  };
  try {
    while (step.done !== true) {
      const { value } = step;
      step = await steps.next();
      if (value.kind === 'file') yield { index: value.index, content: content() };
    }
  } finally {
    // Whoever stops early leaves the patch open.
    await steps.return();
  }
}

async function* bytesOf(
  content: AsyncGenerator<PatchStep, void>,
  readCopy: ReadCopy,
): AsyncGenerator<Uint8Array, void> {
  for await (const step of content) {
    if (step.kind === 'literal') yield step.bytes;
    else if (step.kind === 'copy') yield* readCopy(step.position, step.length);
  }
}
