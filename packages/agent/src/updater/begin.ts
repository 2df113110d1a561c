/**
 * The start of a transaction: the cheap refusals as errors of the call, then the first journal record. Until that is
 * written nothing on the device has changed but a manifest in staging.
 */
import {
  UpdateError,
  type Requester,
  type Sha256,
  type TransactionId,
  type Version,
} from '@pikit/protocol';
import type { JournalRecord } from '../core/journal-record.ts';
import { manifestPath, STAGING, stagingPath, treeName } from '../core/layout.ts';
import { assertForward } from '../core/selection.ts';
import { begin } from '../core/transaction.ts';
import type { Clock } from '../ports.ts';
import type { StepContext } from '../steps/context.ts';
import { installedVersion } from '../steps/version-file.ts';
import { assertInstallable } from '../steps/preflight.ts';
import { currentTree, readTree, refOfLink } from '../steps/trees.ts';
import { fetchRelease } from './check.ts';
import { latestBackup } from './device-state.ts';

type Tools = Pick<
  StepContext,
  'policy' | 'arch' | 'updaterVersion' | 'disk' | 'source' | 'digest' | 'clock'
>;

/** `20261123T184500Z-1a2b3c`: sorts by time, and is safe in file names and commands. */
export function newTransactionId(clock: Clock): TransactionId {
  const stamp = `${clock.now().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `${stamp}-${clock.randomHex(3)}` as TransactionId;
}

/**
 * Fetches the manifest again and refuses what can be refused without a download. Codes of the source, of the manifest,
 * `manifest-changed`, `downgrade-refused`, `already-installed`, `incompatible`, `post-install-refused`, `no-space`.
 */
export async function beginApply(
  tools: Tools,
  wanted: { readonly version: Version; readonly manifestSha256: Sha256 },
  by: Requester,
  signal: AbortSignal,
): Promise<JournalRecord> {
  const { disk, clock } = tools;
  const current = await currentTree(disk);
  assertForward(wanted.version, current?.version ?? (await installedVersion(disk)));
  const { summary, manifest, bytes } = await fetchRelease(tools, wanted.version, signal);
  if (summary.manifestSha256 !== wanted.manifestSha256) {
    throw new UpdateError('manifest-changed', 'the release was changed after it was reviewed', {
      details: { version: wanted.version },
    });
  }
  // Left by nothing that still runs: the caller holds the lock.
  await disk.remove(STAGING);
  await assertInstallable(tools, manifest, summary.bundleBytes ?? undefined);
  await disk.write(manifestPath(stagingPath(manifest.version)), bytes, 0o644);
  return {
    ...opening(clock, 'apply', by),
    from: current ?? null,
    to: { name: treeName(manifest.version, summary.manifestSha256), version: manifest.version },
    manifestSha256: summary.manifestSha256,
    bundleBytes: summary.bundleBytes,
  };
}

/** Throws `nothing-to-roll-back`, also when the backup's tree is no longer whole enough to be read. */
export async function beginRollback(tools: Tools, by: Requester): Promise<JournalRecord> {
  const { disk, clock } = tools;
  const from = await currentTree(disk);
  const backup = await latestBackup(disk);
  const to = backup === undefined ? undefined : refOfLink(await disk.readLink(backup.path));
  if (from === undefined || to === undefined || (await readTree(disk, to.name)) === undefined) {
    throw new UpdateError('nothing-to-roll-back', 'there is no previous release on this device');
  }
  return { ...opening(clock, 'rollback', by), from, to, manifestSha256: null, bundleBytes: null };
}

function opening(
  clock: Clock,
  kind: JournalRecord['kind'],
  by: Requester,
): Omit<JournalRecord, 'from' | 'to' | 'manifestSha256' | 'bundleBytes'> {
  const { phase, outcome, interruptions } = begin(kind);
  return {
    id: newTransactionId(clock),
    kind,
    by,
    startedAt: clock.now(),
    adopted: false,
    bytesFetched: 0,
    error: null,
    phase,
    outcome,
    interruptions,
  };
}
