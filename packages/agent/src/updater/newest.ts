/**
 * Whether what a source shows is the newest there is, as far as this device can know: it remembers the newest signed release
 * of its channel, installed or not. Whether a release is vouched for was asked before.
 */
import type { ReleaseSummary, Version } from '@pikit/protocol';
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
  vouched: Vouched,
): Promise<ReleaseSummary['expires']> {
  return judge(tools, vouched, assertNotOutdated);
}

/** For a release that somebody chose. Throws `downgrade-refused`, `release-expired`. */
export async function assertNotOld(
  tools: TrustTools,
  vouched: Vouched,
): Promise<ReleaseSummary['expires']> {
  if (vouched.signer === null) {
    assertNotBelowInstalled(vouched.manifest.version, await tools.store.loadHistory(Infinity));
  }
  return judge(tools, vouched, assertNotBelow);
}

/** Of a release to which root may go back. */
export function unjudged({ manifest: { expires } }: Vouched): ReleaseSummary['expires'] {
  return expires === undefined ? null : { at: expires, judged: false };
}

/** Root goes back: from here on this release is the newest that was seen. */
export async function beginAnewFrom(
  { store, policy }: Pick<TrustTools, 'store' | 'policy'>,
  { manifest, signer }: Pick<Vouched, 'manifest' | 'signer'>,
): Promise<void> {
  if (signer === null) return;
  const record = await store.loadTrust();
  const shown = seenAs(manifest.version, signer);
  // On either channel, because the owner may go over to the other.
  const seen = Object.keys(record.seen).map((channel) => [channel, shown] as const);
  await store.saveTrust({
    ...record,
    seen: { ...Object.fromEntries(seen), [policy.channel]: shown },
  });
}

const seenAs = (version: Version, { id, signedAt }: Signer): Seen => ({
  version,
  signedAt,
  key: id,
});

/** One look at the record, and a write only where there is news. Only what somebody vouches for is remembered. */
async function judge(
  { store, policy, clock }: TrustTools,
  { manifest, signer }: Vouched,
  assertNotOlder: typeof assertNotOutdated,
): Promise<ReleaseSummary['expires']> {
  let record = await store.loadTrust();
  if (signer !== null) {
    const shown = seenAs(manifest.version, signer);
    assertNotOlder(record, policy.channel, shown);
    const next = withSeen(record, policy.channel, shown);
    if (next !== record) await store.saveTrust(next);
    record = next;
  }
  // The system is asked about its clock only where there is a date to judge.
  const isSynchronised = manifest.expires !== undefined && (await clock.isSynchronised());
  return judgeExpiry(manifest, record, { now: clock.now(), isSynchronised });
}
