/** Which patch of a release leads to it from the one that runs, and what it copies from. Reads two manifests, and no patch. */
import type { Manifest, ManifestPatch } from '@pikit/protocol/manifest';
import { manifestPath, treePath } from '../core/layout.ts';
import { assertVersion } from '../core/manifest.ts';
import { patchSourceOf, type PatchSource } from '../core/patch-source.ts';
import type { Disk } from '../ports.ts';
import { loadManifest } from './load-manifest.ts';
import { currentTree } from './trees.ts';

export interface PatchWay {
  readonly patch: ManifestPatch;
  /** The directory of the release that runs. */
  readonly tree: string;
  readonly source: PatchSource;
}

export async function findPatchWay(
  { disk }: { readonly disk: Disk },
  { patches = [], files }: Manifest,
): Promise<PatchWay | undefined> {
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
