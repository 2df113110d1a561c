/**
 * What of a release has to be fetched, and which way is the one to take. Staging goes it, preflight asks for the room that it
 * takes, and the owner is told how many bytes it is: all three decide here.
 */
import type { Sha256 } from '@pikit/protocol';
import type { Manifest, ManifestFile } from '@pikit/protocol/manifest';
import { modeOf } from './manifest.ts';
import { bytesIn, planSpans, type SpanRun } from './span-plan.ts';
import type { TreeFile } from './tree-record.ts';

/** A file that is here already and can be linked in the place of the wanted one. */
export type TwinOf = (file: ManifestFile) => TreeFile | undefined;

export function twinsIn(present: readonly TreeFile[]): TwinOf {
  const here = new Map<Sha256, TreeFile[]>();
  for (const file of present) {
    const twins = here.get(file.sha256) ?? [];
    twins.push(file);
    here.set(file.sha256, twins);
  }
  return (file) => {
    const mode = modeOf(file);
    return here.get(file.sha256)?.find((other) => mode === undefined || other.mode === mode);
  };
}

/** A mode that only the archive tells must be looked up there, even when the content is here. */
export function toFetch({ files }: Manifest, twinOf: TwinOf): readonly ManifestFile[] {
  return files.filter((file) => file.mode === undefined || twinOf(file) === undefined);
}

/** Below so many bytes a patch is the way: neither it nor its manifest may make more cross the wire than a bundle may. */
export function patchBound(runs: readonly SpanRun[] | undefined, limit: number): number {
  return runs === undefined ? limit : Math.min(limit, bytesIn(runs));
}

interface Sizes {
  /** As the source told. */
  readonly bundleBytes: number | null;
  /** Of the patch that leads here from the release that runs. */
  readonly patchBytes: number | undefined;
  /** No bundle may be larger. */
  readonly limit: number;
}

/** What will cross the wire if all is as promised; null where nobody has told how large the bundle is. */
export function bytesToFetch(
  manifest: Manifest,
  present: readonly TreeFile[],
  { bundleBytes, patchBytes = Infinity, limit }: Sizes,
): number | null {
  const files = toFetch(manifest, twinsIn(present));
  if (files.length === 0) return 0;
  const runs = planSpans(files, manifest.bundle?.size ?? bundleBytes ?? limit);
  if (patchBytes < patchBound(runs, limit)) return patchBytes;
  return runs === undefined ? (bundleBytes ?? manifest.bundle?.size ?? null) : bytesIn(runs);
}
