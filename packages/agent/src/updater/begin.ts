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
import {
  BACKUPS,
  LOGS,
  manifestPath,
  stagingPath,
  treeName,
  type TreeVersion,
} from '../core/layout.ts';
import { assertForward, assertOther } from '../core/selection.ts';
import { newestId, nextTransactionId } from '../core/transaction-id.ts';
import { begin } from '../core/transaction.ts';
import type { StepContext, StepTools } from '../steps/context.ts';
import { keptAs } from '../steps/kept-release.ts';
import { makeRoom } from '../steps/make-room.ts';
import { installedVersion } from '../steps/version-file.ts';
import { assertInstallable } from '../steps/preflight.ts';
import { currentTree, readTree, refOfLink } from '../steps/trees.ts';
import { fetchRelease, type ReviewedRelease } from './check.ts';
import { latestBackup } from './device-state.ts';
import { fetchUnlessReady } from './kept-source.ts';
import { beginAnewFrom } from './newest.ts';
import type { Store } from './store.ts';
import type { TrustTools } from './trust.ts';

export type Tools = TrustTools &
  Pick<StepContext, 'arch' | 'updaterVersion' | 'commands' | 'clock'> & {
    /** Past transactions, so that a new id sorts after theirs too; logs and backups are always asked. */
    readonly store: Pick<Store, 'loadHistory'>;
  };

/** Everything that a use case may need of what main constructs. */
export type UpdaterTools = StepTools & Pick<TrustTools, 'signatureMath'>;

interface ApplyOptions {
  readonly mayGoBack?: boolean;
  readonly stageOnly?: boolean;
}

/**
 * Fetches the manifest again, unless all of the release lies ready, and refuses what can be refused without a download. Codes of the source, of the manifest,
 * of `trust.ts`, `manifest-changed`, `downgrade-refused`, `already-installed`, `incompatible`, `post-install-refused`, `no-space`.
 */
export async function beginApply(
  tools: Tools,
  wanted: { readonly version: Version; readonly manifestSha256: Sha256 },
  by: Requester,
  signal: AbortSignal,
  { mayGoBack = false, stageOnly = false }: ApplyOptions = {},
): Promise<JournalRecord> {
  const { disk } = tools;
  const { version } = wanted;
  (mayGoBack ? assertOther : assertForward)(version, await installedNow(disk));
  const kept = await keptAs(disk, wanted);
  const release = await fetchUnlessReady(tools, kept, version, async (source) =>
    fetchRelease({ ...tools, source }, version, signal, { mayGoBack }),
  );
  if (release.summary.manifestSha256 !== wanted.manifestSha256) {
    throw new UpdateError('manifest-changed', 'the release was changed after it was reviewed', {
      details: { version: wanted.version },
    });
  }
  const record = await beginWith(tools, release, by, stageOnly ? 'staged' : 'committed');
  // Not before all refusals: what was seen guards a device that stays where it is.
  if (mayGoBack) await beginAnewFrom(tools, release);
  return record;
}

/** With a release that is believed: what else can be refused, and the first record. */
export async function beginWith(
  tools: Tools,
  { summary, manifest, bytes, signature }: ReviewedRelease,
  by: Requester,
  wish: 'committed' | 'staged',
): Promise<JournalRecord> {
  const { disk } = tools;
  const { version, manifestSha256, bundleBytes } = summary;
  // Left by nothing that still runs: the caller holds the lock.
  await makeRoom(disk, version, { isContinued: (await keptAs(disk, summary)) !== undefined });
  const signed = summary.signedBy === null ? {} : { signedBy: summary.signedBy.key };
  await assertInstallable(tools, manifest, { bundleBytes, ...signed });
  await disk.write(manifestPath(stagingPath(version)), bytes, 0o644);
  return {
    ...(await opening(tools, 'apply', by, wish)),
    from: (await currentTree(disk)) ?? null,
    to: { name: treeName(version, manifestSha256), version },
    manifestSha256,
    ...signed,
    ...(signature === undefined ? {} : { signature }),
    bundleBytes,
  };
}

/** By the tree that runs, or else by what the version file says. */
export async function installedNow(disk: Tools['disk']): Promise<TreeVersion | null> {
  return (await currentTree(disk))?.version ?? (await installedVersion(disk));
}

/**
 * Throws `nothing-to-roll-back`, also when the backup is of the release that runs; `state-damaged` when the backup's tree
 * is there but cannot be read.
 */
export async function beginRollback(tools: Tools, by: Requester): Promise<JournalRecord> {
  const { disk } = tools;
  const from = await currentTree(disk);
  const backup = await latestBackup(disk);
  const to = backup === undefined ? undefined : refOfLink(await disk.readLink(backup.path));
  if (from === undefined || to === undefined || (await readTree(disk, to.name)) === undefined) {
    throw new UpdateError('nothing-to-roll-back', 'there is no previous release on this device');
  }
  if (to.name === from.name) {
    throw new UpdateError('nothing-to-roll-back', `the backup is of ${from.version}, which runs`);
  }
  const start = await opening(tools, 'rollback', by);
  return { ...start, from, to, manifestSha256: null, bundleBytes: null };
}

/** Known transactions: all of the history, whose length the config bounds. */
async function newestKnown({ disk, store }: Tools): Promise<TransactionId | undefined> {
  const history = await store.loadHistory(Infinity);
  const names = [...(await disk.list(LOGS)), ...(await disk.list(BACKUPS))];
  return newestId([...names, ...history.map(({ id }) => id)]);
}

/** What every first record says. */
export async function opening(
  tools: Tools,
  kind: JournalRecord['kind'],
  by: Requester,
  wish: 'committed' | 'staged' = 'committed',
): Promise<Omit<JournalRecord, 'from' | 'to' | 'manifestSha256' | 'signedBy' | 'bundleBytes'>> {
  const { clock, policy } = tools;
  const { phase, outcome, interruptions } = begin(kind, wish);
  return {
    id: nextTransactionId(clock.now(), await newestKnown(tools), clock.randomHex(3)),
    kind,
    by,
    startedAt: clock.now(),
    targets: [...policy.targets],
    adopted: false,
    bytesFetched: 0,
    error: null,
    phase,
    outcome,
    interruptions,
  };
}
