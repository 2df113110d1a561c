/**
 * Files that must be fetched, member by member: of a seekable bundle just the gzip members of what is missing cross the wire,
 * and each is unpacked, written and hashed as it arrives. What is whole stays, so that the next life goes on at the next file.
 */
import { UpdateError } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { admit } from '../core/entry-policy.ts';
import { assertFileSize } from '../core/release-size.ts';
import { createMemberCutter, planSpans, TAR_END_MEMBER, type SpanRun } from '../core/span-plan.ts';
import type { ArchiveEntry } from '../ports.ts';
import type { StepContext } from './context.ts';
import { stageEntry } from './stage-bundle.ts';
import type { Library } from './stage-local.ts';

export interface Missing {
  readonly manifest: Manifest;
  /** Paths in the release. */
  readonly missing: ReadonlySet<string>;
  readonly library: Library;
}

/**
 * False where the manifest does not say where to find each of them. Throws `hash-mismatch`, `entry-refused` or `bundle-invalid`
 * where something else stands there, `too-large`, and the codes of the source.
 */
export async function stageSpans(
  context: StepContext,
  { manifest, missing, library }: Missing,
  signal: AbortSignal,
): Promise<boolean> {
  const { archive, policy, log } = context;
  const wanted = manifest.files.filter(({ path }) => missing.has(path));
  const bundleBytes = manifest.bundle?.size ?? context.record().bundleBytes ?? Infinity;
  const runs = planSpans(wanted, bundleBytes);
  if (runs === undefined) return false;
  const inOrder = runs.flatMap(({ files }) => files.map(({ path }) => path));
  const files = new Map(wanted.map((file) => [file.path, file]));
  const meter = createMeter(
    context,
    manifest.files.length - missing.size,
    manifest.files.length,
    runs,
  );
  let next = 0;

  const visit = async (entry: ArchiveEntry, body: AsyncIterable<Uint8Array>): Promise<void> => {
    signal.throwIfAborted();
    const admission = admit(entry);
    const path = inOrder[next] ?? '';
    const file = files.get(path);
    next += 1;
    if (admission.kind !== 'file' || admission.path !== path || file === undefined) {
      throw elsewhere(path);
    }
    assertFileSize(path, entry.size, policy);
    const { executable } = admission;
    await stageEntry(context, manifest.version, file, {
      executable,
      size: entry.size,
      body,
      library,
    });
    meter.file();
  };
  const members = membersOf(context, manifest, runs, meter.bytes, signal);
  try {
    await archive.read(members, policy.limits.unpackedBytes, visit);
  } finally {
    await meter.settle();
  }
  const lacking = inOrder[next];
  if (lacking !== undefined) throw elsewhere(lacking);
  log.info(`fetched ${String(wanted.length)} files in ${String(runs.length)} parts of the bundle`);
  return true;
}

/** One archive of all that is wanted, from as many requests as there are runs. */
async function* membersOf(
  { source }: StepContext,
  manifest: Manifest,
  runs: readonly SpanRun[],
  onBytes: (count: number) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const { version } = manifest;
  const name = manifest.bundle?.name ?? `pikit-${version}.tar.gz`;
  for (const run of runs) {
    const { offset, length } = run;
    const cut = createMemberCutter(run);
    for await (const chunk of source.fetchPart(version, { name, offset, length }, signal)) {
      onBytes(chunk.length);
      yield* cut(chunk);
    }
  }
  yield TAR_END_MEMBER;
}

/** Tells how far it is; what has crossed the wire is journaled at the end, however that comes. */
function createMeter(
  context: StepContext,
  filesBefore: number,
  filesTotal: number,
  runs: readonly SpanRun[],
) {
  const bytesTotal = runs.reduce((sum, { length }) => sum + length, 0);
  let [filesDone, bytesDone] = [filesBefore, 0];
  const report = (): void => {
    context.report({ filesDone, filesTotal, bytesDone, bytesTotal });
  };
  return {
    file: () => {
      filesDone += 1;
      report();
    },
    bytes: (count: number) => {
      bytesDone += count;
      report();
    },
    settle: () => context.amend({ bytesFetched: context.record().bytesFetched + bytesDone }),
  };
}

function elsewhere(path: string): UpdateError {
  const reason = 'is not what its span in the bundle holds';
  return new UpdateError('hash-mismatch', `${path} ${reason}`, { details: { path, reason } });
}
