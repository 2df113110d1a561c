/** Which patch of a release leads to it from the one that runs, and what it copies from. Reads two manifests, and no patch. */
import { MANIFEST_LIMITS, type Manifest, type ManifestPatch } from '@pikit/protocol/manifest';
import { manifestPath, treePath } from '../core/layout.ts';
import { parseManifest } from '../core/manifest.ts';
import { patchSourceOf, type PatchSource } from '../core/patch-source.ts';
import type { Digest, Disk } from '../ports.ts';
import { currentTree } from './trees.ts';

export interface PatchWay {
  readonly patch: ManifestPatch;
  /** The directory of the release that runs. */
  readonly tree: string;
  readonly source: PatchSource;
}

export async function findPatchWay(
  { disk, digest }: { readonly disk: Disk; readonly digest: Digest },
  { patches = [], files }: Manifest,
): Promise<PatchWay | undefined> {
  const current = patches.length === 0 ? undefined : await currentTree(disk);
  if (current === undefined || current.version === 'preexisting') return undefined;
  const tree = treePath(current.name);
  const bytes = await disk.read(manifestPath(tree), MANIFEST_LIMITS.bytes);
  const from = bytes && digest(bytes);
  const patch = patches.find((one) => one.from === from);
  if (bytes === undefined || patch === undefined) return undefined;
  const source = patchSourceOf(parseManifest(bytes, current.version));
  const isCounted = source !== undefined && files.every(({ size }) => size !== undefined);
  return isCounted ? { patch, tree, source } : undefined;
}
