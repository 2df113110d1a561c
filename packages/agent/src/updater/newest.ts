/**
 * Whether what a source shows is the newest there is, as far as this device can know: it remembers the newest signed release
 * of its channel, installed or not. Whether a release is vouched for was asked before.
 */
import type { Channel, ReleaseSummary, Version } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { assertNotBelow, assertNotOutdated, judgeExpiry, withSeen } from '../core/freshness.ts';
import { assertNotBelowInstalled } from '../core/selection.ts';
import type { Seen, Signer } from '../core/trust-root.ts';
import type { TrustTools, Vouched } from './trust.ts';

/**
 * For the newest release of the channel: remembers it, and refuses a source that has gone back or stands still. Throws
 * `source-outdated`, `release-expired`.
 */
export async function assertNewest(
  tools: TrustTools,
  { manifest, signer }: Vouched,
): Promise<ReleaseSummary['expires']> {
  const { store, policy } = tools;
  const record = await store.loadTrust();
  if (signer !== null) {
    const shown = seenAs(manifest.version, signer);
    assertNotOutdated(record, policy.channel, shown);
    await remember(tools, policy.channel, shown);
  }
  return judge(tools, manifest);
}

/** For a release that somebody chose. Throws `downgrade-refused`, `release-expired`. */
export async function assertNotOld(
  tools: TrustTools,
  { manifest, signer }: Vouched,
): Promise<ReleaseSummary['expires']> {
  const { store, policy } = tools;
  if (signer === null) assertNotBelowInstalled(manifest.version, await store.loadHistory(Infinity));
  else {
    const shown = seenAs(manifest.version, signer);
    assertNotBelow(await store.loadTrust(), policy.channel, shown);
    await remember(tools, policy.channel, shown);
  }
  return judge(tools, manifest);
}

/** Root has decided to go back: from here on this release is the newest that was seen. */
export async function beginAnewFrom(
  { store, policy }: TrustTools,
  { manifest, signer }: Vouched,
): Promise<ReleaseSummary['expires']> {
  const at = manifest.expires;
  if (signer !== null) {
    const record = await store.loadTrust();
    const seen = { ...record.seen, [policy.channel]: seenAs(manifest.version, signer) };
    await store.saveTrust({ ...record, seen });
  }
  return at === undefined ? null : { at, judged: false };
}

const seenAs = (version: Version, { id, signedAt }: Signer): Seen => ({
  version,
  signedAt,
  key: id,
});

async function remember({ store }: TrustTools, channel: Channel, shown: Seen): Promise<void> {
  const record = await store.loadTrust();
  const next = withSeen(record, channel, shown);
  if (next !== record) await store.saveTrust(next);
}

/** The system is asked about its clock only where there is a date to judge. */
async function judge(
  { clock, store }: TrustTools,
  manifest: Manifest,
): Promise<ReleaseSummary['expires']> {
  const isSynchronised = manifest.expires !== undefined && (await clock.isSynchronised());
  return judgeExpiry(manifest, await store.loadTrust(), { now: clock.now(), isSynchronised });
}
