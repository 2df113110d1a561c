/**
 * What an update that is offered would cost here: the bytes that it fetches, the units that it restarts. Told from what lies on
 * the disk, and never a reason for anything to fail.
 */
import { UpdateError, type ReleaseSummary } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { bytesToFetch } from '../core/download-plan.ts';
import {
  manifestPath,
  OFFERED_MANIFEST,
  stagingPath,
  treeNames,
  treePath,
} from '../core/layout.ts';
import type { Policy } from '../core/policy.ts';
import { unitsToRestart } from '../core/restart-preview.ts';
import { isNewer } from '../core/selection.ts';
import type { Disk } from '../ports.ts';
import type { Services } from '../system-ports.ts';
import { readReady } from '../steps/kept-release.ts';
import { loadManifest } from '../steps/load-manifest.ts';
import { stagedFiles } from '../steps/measure-needs.ts';
import { findPatchWay } from '../steps/patch-way.ts';
import { currentTree, readAllTrees } from '../steps/trees.ts';
import { unlessUnreadable } from '../steps/unless-unreadable.ts';

export type Cost = Pick<ReleaseSummary, 'downloadBytes' | 'restarts'>;

export const NO_COST: Cost = { downloadBytes: null, restarts: [] };

export const pickCost = ({ downloadBytes, restarts }: Cost): Cost => ({ downloadBytes, restarts });

export interface CostTools {
  readonly disk: Disk;
  readonly policy: Policy;
  readonly services: Pick<Services, 'look'>;
}

/** After a check: of what is no update nobody will ask. */
export async function keepManifest(
  disk: Disk,
  { summary, bytes }: { readonly summary: ReleaseSummary; readonly bytes: Uint8Array },
): Promise<void> {
  if (!isNewer(summary.version, (await currentTree(disk))?.version ?? null)) return;
  if ((await manifestOf(disk, summary)) !== undefined) return;
  await disk.writeUnsynced(OFFERED_MANIFEST, bytes, 0o600);
}

export async function costOf(tools: CostTools, offer: ReleaseSummary): Promise<Cost> {
  return (await unlessUnreadable(() => measure(tools, offer))) ?? NO_COST;
}

async function measure(
  { disk, policy, services }: CostTools,
  offer: ReleaseSummary,
): Promise<Cost> {
  const manifest = await manifestOf(disk, offer);
  if (manifest === undefined) return NO_COST;
  const trees = await readAllTrees(disk);
  const present = [...trees.values()].flatMap(({ files }) => files);
  present.push(...(await stagedFiles(disk, manifest)));
  // All of it: it lies ready, or ran here before.
  const isHere =
    (await readReady(disk))?.manifestSha256 === offer.manifestSha256 ||
    treeNames(offer.version, offer.manifestSha256).some((name) => trees.has(name));
  const current = await currentTree(disk);
  const units = unitsToRestart(policy, current && trees.get(current.name), manifest);
  const sizes = {
    bundleBytes: offer.bundleBytes,
    patchBytes: (await findPatchWay({ disk }, manifest))?.patch.size,
    limit: policy.limits.bundleBytes,
  };
  return {
    downloadBytes: isHere ? 0 : bytesToFetch(manifest, present, sizes),
    restarts: [...(await runningOf(services, units))],
  };
}

/** Of just this release, wherever it lies. */
async function manifestOf(
  disk: Disk,
  { version, manifestSha256 }: Pick<ReleaseSummary, 'version' | 'manifestSha256'>,
): Promise<Manifest | undefined> {
  const trees = [stagingPath(version), ...treeNames(version, manifestSha256).map(treePath)];
  for (const path of [OFFERED_MANIFEST, ...trees.map(manifestPath)]) {
    const loaded = await loadManifest(disk, path);
    if (loaded?.sha256 === manifestSha256) return loaded.value;
  }
  return undefined;
}

/** What the device lacks, or what somebody has stopped, is left alone. Who cannot be asked counts as running. */
async function runningOf(
  services: CostTools['services'],
  units: readonly string[],
): Promise<readonly string[]> {
  try {
    const states = await services.look(units);
    return states.filter(({ isThere, isStopped }) => isThere && !isStopped).map(({ unit }) => unit);
  } catch (error) {
    // because the preview must not fail where the update would not
    if (error instanceof UpdateError) return units;
    throw error;
  }
}
