/**
 * Whether what a source shows is as new as it can be: not older than what it showed before, and not past its date. A Pi may
 * have no clock that runs without power, so the first needs no clock, and the second says when it could not be judged.
 */
import { UpdateError, type Channel, type ReleaseSummary, type Version } from '@pikit/protocol';
import compare from 'semver/functions/compare.js';
import type { Seen, TrustRecord } from './trust-root.ts';

/** Throws `source-outdated` with `found` and `seen` when the channel's newest release is older than one seen before. */
export function assertNotOutdated(record: TrustRecord, channel: Channel, shown: Seen): void {
  const before = newestSeen(record, channel);
  if (before === undefined || !isOlder(shown, before)) return;
  const found = describe(shown);
  throw new UpdateError('source-outdated', `the source shows ${found}, and showed newer before`, {
    details: { found, seen: describe(before) },
  });
}

/** Throws `downgrade-refused`: what was seen may not have been installed, and going below it is going back all the same. */
export function assertNotBelow(record: TrustRecord, channel: Channel, shown: Seen): void {
  const before = newestSeen(record, channel);
  if (before === undefined || !isOlder(shown, before)) return;
  const [version, current] = [describe(shown), describe(before)];
  throw new UpdateError('downgrade-refused', `${version} is older than ${current}`, {
    details: { version, current },
  });
}

/**
 * The beta channel has the stable releases too, so whoever can make a device go over to it must not make it forget what those
 * have shown.
 */
function newestSeen({ seen: { stable, beta } }: TrustRecord, channel: Channel): Seen | undefined {
  if (channel === 'stable' || beta === undefined) return stable;
  return stable !== undefined && isOlder(beta, stable) ? stable : beta;
}

/** The record with this release as the newest of its channel; the same object when it knows one as new. */
export function withSeen(record: TrustRecord, channel: Channel, shown: Seen): TrustRecord {
  const before = record.seen[channel];
  if (before !== undefined && !isOlder(before, shown)) return record;
  return { ...record, seen: { ...record.seen, [channel]: shown } };
}

/** The same version signed anew is another release: the earlier one must not come back. */
function isOlder(one: Seen, than: Seen): boolean {
  const order = compare(one.version, than.version);
  if (order !== 0) return order < 0;
  return than.signedAt !== null && (one.signedAt ?? '') < than.signedAt;
}

function describe({ version, signedAt }: Seen): string {
  return signedAt === null ? version : `${version} (signed ${signedAt})`;
}

interface Now {
  /** ISO 8601, as this device believes. */
  readonly now: string;
  readonly isSynchronised: boolean;
}

/**
 * Null where the manifest has no date. A signature that this device has seen proves that its moment has passed, whatever
 * the clock says. Throws `release-expired` with `version` and `expires`, `manifest-invalid` for a date that is none.
 */
export function judgeExpiry(
  { version, expires }: { readonly version: Version; readonly expires?: string },
  { seen }: TrustRecord,
  { now, isSynchronised }: Now,
): ReleaseSummary['expires'] {
  if (expires === undefined) return null;
  const at = Date.parse(expires);
  if (Number.isNaN(at)) {
    throw new UpdateError('manifest-invalid', `manifest refused: expires: ${expires}`, {
      details: { where: 'expires', reason: 'not a date' },
    });
  }
  const signed = Object.values(seen).flatMap(({ signedAt }) => Date.parse(signedAt ?? ''));
  const passed = isSynchronised ? [Date.parse(now)] : signed;
  if (passed.some((moment) => moment > at)) {
    throw new UpdateError('release-expired', `${version} expired on ${expires}`, {
      details: { version, expires },
    });
  }
  return { at: expires, judged: isSynchronised };
}
