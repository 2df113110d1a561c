/**
 * The start of a repair: its refusals, then a first journal record like that of an update, of the same version, under the
 * release's other name. What runs stays untouched and is there to go back to.
 */
import { UpdateError, type Requester, type Sha256 } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import type { JournalRecord } from '../core/journal-record.ts';
import { manifestPath, STAGING, stagingPath, treeNames, treePath } from '../core/layout.ts';
import { assertInstallable } from '../steps/preflight.ts';
import type { Audit } from './audit.ts';
import { opening, type Tools } from './begin.ts';
import { fetchRelease } from './check.ts';

/**
 * `audited`: what was found just now, under the same lock. Throws `nothing-to-repair`, `not-repairable`,
 * `manifest-changed` when the source has the version with other content, codes of the source and those of `preflight`.
 */
export async function beginRepair(
  tools: Tools,
  audited: Audit | undefined,
  by: Requester,
  signal: AbortSignal,
): Promise<JournalRecord> {
  const { disk } = tools;
  if (audited?.drift.damaged === 0) {
    throw new UpdateError('nothing-to-repair', 'every installed file is as it should be');
  }
  if (audited === undefined || audited.isAdopted) {
    throw new UpdateError('not-repairable', 'what runs was never a release');
  }
  const { tree, targets, extra } = audited;
  const { manifest, manifestSha256, bytes, bundleBytes } = await promised(tools, audited, signal);
  // Left by nothing that still runs: the caller holds the lock.
  await disk.remove(STAGING);
  await assertInstallable(tools, manifest, { bundleBytes });
  await disk.write(manifestPath(stagingPath(manifest.version)), bytes, 0o644);
  const [first, second] = treeNames(manifest.version, manifestSha256);
  return {
    ...(await opening(tools, 'repair', by)),
    from: tree,
    to: { name: tree.name === first ? second : first, version: manifest.version },
    repair: { targets: [...targets], extra },
    manifestSha256,
    bundleBytes,
  };
}

interface Promised {
  readonly manifest: Manifest;
  readonly manifestSha256: Sha256;
  readonly bytes: Uint8Array;
  readonly bundleBytes: number | null;
}

/** Only for files that must be fetched the source is asked whether it still has this very release. */
async function promised(
  tools: Tools,
  { tree, manifest, isTreeWhole }: Audit,
  signal: AbortSignal,
): Promise<Promised> {
  const { disk, digest, policy } = tools;
  const installed =
    manifest && (await disk.read(manifestPath(treePath(tree.name)), policy.limits.manifestBytes));
  if (manifest !== undefined && installed !== undefined && isTreeWhole) {
    const bundleBytes = manifest.bundle?.size ?? null;
    return { manifest, manifestSha256: digest(installed), bytes: installed, bundleBytes };
  }
  if (tree.version === 'preexisting') throw new TypeError('adopted files are never repaired');
  const { summary, ...release } = await fetchRelease(tools, tree.version, signal);
  const { manifestSha256, bundleBytes } = summary;
  const isSame =
    installed === undefined
      ? treeNames(tree.version, manifestSha256).includes(tree.name)
      : digest(installed) === manifestSha256;
  if (!isSame) {
    throw new UpdateError('manifest-changed', 'the release was changed since it was installed', {
      details: { version: tree.version },
    });
  }
  return { manifest: release.manifest, bytes: release.bytes, manifestSha256, bundleBytes };
}
