/**
 * The start of a repair: its refusals, then a first journal record like that of an update, of the same version, under the
 * release's other name. What runs stays untouched and is there to go back to.
 */
import { UpdateError, type Requester, type Sha256, type Version } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import type { JournalRecord } from '../core/journal-record.ts';
import { manifestPath, stagingPath, treeNames, treePath } from '../core/layout.ts';
import { assertInstallable } from '../steps/preflight.ts';
import type { Audit } from './audit.ts';
import { opening, type Tools } from './begin.ts';
import { listedAs } from './check.ts';
import { fetchVouched } from './trust.ts';

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
  const { tree, targets, extra, repairs } = audited;
  const release = await promised(tools, audited, signal);
  const { manifest, manifestSha256, bytes, bundleBytes } = release;
  const signed = release.signedBy === undefined ? {} : { signedBy: release.signedBy };
  // Left by nothing that still runs: the caller holds the lock.
  await disk.remove(stagingPath(manifest.version));
  await assertInstallable(tools, manifest, { bundleBytes, ...signed });
  await disk.write(manifestPath(stagingPath(manifest.version)), bytes, 0o644);
  const [first, second] = treeNames(manifest.version, manifestSha256);
  return {
    ...(await opening(tools, 'repair', by)),
    from: tree,
    to: { name: tree.name === first ? second : first, version: manifest.version },
    repair: { targets: [...targets], extra },
    changed: repairs,
    manifestSha256,
    ...signed,
    bundleBytes,
  };
}

interface Promised {
  readonly manifest: Manifest;
  readonly manifestSha256: Sha256;
  readonly bytes: Uint8Array;
  readonly bundleBytes: number | null;
  /** The id of the key. */
  readonly signedBy: string | undefined;
}

/**
 * What is installed was vouched for when it was, by a key that may have been retired since: a manifest that is whole vouches
 * for itself, with all of its digest. Only where it is damaged the source's must be signed anew, because the eight digits in
 * the tree's name can be forged.
 */
async function promised(tools: Tools, audited: Audit, signal: AbortSignal): Promise<Promised> {
  const { tree, signedBy } = audited;
  if (tree.version === 'preexisting') throw new TypeError('adopted files are never repaired');
  const installed = await installedManifest(tools, audited);
  if (installed !== undefined && audited.isTreeWhole) {
    const bundleBytes = installed.manifest.bundle?.size ?? null;
    return { ...installed, bundleBytes, signedBy };
  }
  // Files must be fetched: the source is asked whether it still has this very release.
  const { source, policy, digest } = tools;
  const all = await source.list(signal);
  const listed = listedAs(tree.version, all);
  const bundleBytes = listed.bundleBytes ?? installed?.manifest.bundle?.size ?? null;
  if (installed !== undefined) {
    const bytes = await source.manifest(tree.version, policy.limits.manifestBytes, signal);
    if (digest(bytes) !== installed.manifestSha256) throw changed(tree.version);
    return { ...installed, bundleBytes, signedBy };
  }
  const { bytes, manifest, signer } = await fetchVouched(tools, tree.version, all, signal);
  const manifestSha256 = digest(bytes);
  if (!treeNames(tree.version, manifestSha256).includes(tree.name)) throw changed(tree.version);
  return { bytes, manifest, manifestSha256, bundleBytes, signedBy: signer?.id };
}

async function installedManifest(
  { disk, digest, policy }: Tools,
  { tree, manifest }: Audit,
): Promise<Pick<Promised, 'manifest' | 'manifestSha256' | 'bytes'> | undefined> {
  const bytes =
    manifest && (await disk.read(manifestPath(treePath(tree.name)), policy.limits.manifestBytes));
  return manifest && bytes && { manifest, bytes, manifestSha256: digest(bytes) };
}

function changed(version: Version): UpdateError {
  return new UpdateError('manifest-changed', 'the release was changed since it was installed', {
    details: { version },
  });
}
