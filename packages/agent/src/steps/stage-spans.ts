/**
 * Files that must be fetched, member by member: of a seekable bundle just the gzip members of what is missing cross the wire,
 * and each is unpacked, written and hashed as it arrives. What is whole stays, so that the next life goes on at the next file.
 */
import { UpdateError } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { counted } from '../core/counted.ts';
import { admit } from '../core/entry-policy.ts';
import { assertFileSize } from '../core/release-size.ts';
import {
  bytesIn,
  createMemberCutter,
  planSpans,
  TAR_END_MEMBER,
  type SpanRun,
} from '../core/span-plan.ts';
import type { ArchiveEntry } from '../ports.ts';
import { chosenRelease } from './chosen-release.ts';
import type { StepContext } from './context.ts';
import { createFetchMeter, type Missing } from './fetch-meter.ts';
import { stageEntry } from './stage-bundle.ts';

/** Undefined where the manifest does not say where to find each of what is missing. */
export function runsOf(
  { record, policy }: Pick<StepContext, 'record' | 'policy'>,
  { manifest, missing }: Missing,
): readonly SpanRun[] | undefined {
  const wanted = manifest.files.filter(({ path }) => missing.has(path));
  return planSpans(
    wanted,
    manifest.bundle?.size ?? record().bundleBytes ?? policy.limits.bundleBytes,
  );
}

/**
 * Throws `hash-mismatch`, `entry-refused` or `bundle-invalid` where something else stands there, `too-large`, and the codes of
 * the source.
 */
export async function stageSpans(
  context: StepContext,
  wanted: Missing,
  runs: readonly SpanRun[],
  signal: AbortSignal,
): Promise<void> {
  const { archive, policy, log } = context;
  const { manifest, library } = wanted;
  const inOrder = runs.flatMap(({ files }) => files.map(({ path }) => path));
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const meter = createFetchMeter(context, wanted, bytesIn(runs));
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
    meter.settle();
  }
  const lacking = inOrder[next];
  if (lacking !== undefined) throw elsewhere(lacking);
  log.info(`fetched ${counted(next, 'file')} in ${counted(runs.length, 'part')} of the bundle`);
}

/** One archive of all that is wanted, from as many requests as there are runs. */
async function* membersOf(
  context: StepContext,
  manifest: Manifest,
  runs: readonly SpanRun[],
  onBytes: (count: number) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const release = chosenRelease(context);
  const name = manifest.bundle?.name ?? `pikit-${manifest.version}.tar.gz`;
  for (const run of runs) {
    const { offset, length } = run;
    const cut = createMemberCutter(run);
    const part = { name, offset, length };
    for await (const chunk of context.source.fetchPart(release, part, signal)) {
      onBytes(chunk.length);
      yield* cut(chunk);
    }
  }
  yield TAR_END_MEMBER;
}

function elsewhere(path: string): UpdateError {
  const reason = 'is not what its span in the bundle holds';
  return new UpdateError('hash-mismatch', `${path} ${reason}`, { details: { path, reason } });
}
