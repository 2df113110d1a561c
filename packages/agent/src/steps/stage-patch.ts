/**
 * Files that must be fetched, made from those of the release that runs: one small asset says what to copy from where, and
 * brings what is new. It is read only when it is the manifest's, and each file that comes out is checked by its own digest.
 */
import { UpdateError } from '@pikit/protocol';
import type { ManifestPatch } from '@pikit/protocol/manifest';
import { manifestPath, patchPath, treePath } from '../core/layout.ts';
import { assertVersion } from '../core/manifest.ts';
import { patchSourceOf, type PatchSource } from '../core/patch-source.ts';
import { createPatchReader, type PatchStep } from '../core/tree-patch.ts';
import { chosenRelease } from './chosen-release.ts';
import type { StepContext } from './context.ts';
import { createFetchMeter, type FetchMeter, type Missing } from './fetch-meter.ts';
import { loadManifest } from './load-manifest.ts';
import { createReadCopy, type ReadCopy } from './patch-copies.ts';
import { stageEntry } from './stage-bundle.ts';
import { currentTree } from './trees.ts';

/** What leads from the release that runs to the wanted one. */
interface Way {
  readonly patch: ManifestPatch;
  /** The directory of the release that runs. */
  readonly tree: string;
  readonly source: PatchSource;
}

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
  const way = await findWay(context, wanted);
  if (way === undefined || way.patch.size >= lessThan) return wanted.missing;
  const meter = createFetchMeter(context, wanted, way.patch.size);
  try {
    await fetchPatch(context, wanted, way.patch, meter, signal);
  } finally {
    await meter.settle();
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
    `a patch of ${String(way.patch.size)} bytes made ${String(wanted.missing.size - still.size)} files`,
  );
  return still;
}

async function findWay({ disk }: StepContext, { manifest }: Missing): Promise<Way | undefined> {
  const { patches = [], files } = manifest;
  const current = patches.length === 0 ? undefined : await currentTree(disk);
  if (current === undefined || current.version === 'preexisting') return undefined;
  const tree = treePath(current.name);
  const loaded = await loadManifest(disk, manifestPath(tree));
  const patch = patches.find(({ from }) => from === loaded?.sha256);
  if (loaded === undefined || patch === undefined) return undefined;
  const source = patchSourceOf(assertVersion(loaded.value, current.version));
  const isCounted = source !== undefined && files.every(({ size }) => size !== undefined);
  return isCounted ? { patch, tree, source } : undefined;
}

/** What an earlier life has fetched is taken where it is whole. */
async function fetchPatch(
  context: StepContext,
  { manifest: { version } }: Missing,
  { name, size, sha256 }: ManifestPatch,
  meter: FetchMeter,
  signal: AbortSignal,
): Promise<void> {
  const { disk, source } = context;
  const path = patchPath(version);
  const kept = (await disk.lstat(path)) && (await disk.hash(path));
  if (kept?.sha256 === sha256) return;
  await disk.remove(path);
  const counted = async function* (): AsyncGenerator<Uint8Array, void> {
    const part = { name, offset: 0, length: size };
    for await (const chunk of source.fetchPart(chosenRelease(context), part, signal)) {
      meter.bytes(chunk.length);
      yield chunk;
    }
  };
  const written = await disk.create(path, 0o600, counted());
  if (written.sha256 === sha256) return;
  await disk.remove(path);
  throw new UpdateError('hash-mismatch', `${name} is not the patch that the manifest promises`, {
    details: { path: name },
  });
}

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
    const body = bytesOf(content, readCopy);
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
  while (step.done !== true) {
    const { value } = step;
    step = await steps.next();
    if (value.kind === 'file') yield { index: value.index, content: content() };
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
