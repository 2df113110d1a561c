/** Asks the source what there is, and turns the best release of the channel into what the owner is shown. */
import { UpdateError, type ReleaseSummary, type Version } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { gatherNotes } from '../core/release-notes.ts';
import { selectRelease } from '../core/selection.ts';
import type { Signer } from '../core/trust-root.ts';
import type { ListedRelease } from '../ports.ts';
import { assertNewest, assertNotOld, unjudged } from './newest.ts';
import { NO_COST } from './offer-cost.ts';
import { fetchVouched, type TrustTools, type Vouched } from './trust.ts';

export interface ReviewedRelease {
  readonly summary: ReleaseSummary;
  readonly manifest: Manifest;
  readonly bytes: Uint8Array;
  readonly signer: Signer | null;
  readonly signature: string | undefined;
}

export interface Finding {
  /** Null when the channel has no release. */
  readonly newest: ReviewedRelease | null;
  /** All that the source has. */
  readonly listed: readonly ListedRelease[];
}

/** Codes of the source, of the manifest and of `trust.ts`. */
export async function findRelease(tools: TrustTools, signal: AbortSignal): Promise<Finding> {
  const listed = await tools.source.list(signal);
  const best = selectRelease(listed, tools.policy.channel);
  if (best === undefined) return { newest: null, listed };
  const vouched = await fetchVouched(tools, best.version, listed, signal);
  const newest = review(tools, best, vouched, await assertNewest(tools, vouched), listed);
  return { newest, listed };
}

/** The release with just this version, whatever the channel; `no-such-release` when the source has none. */
export async function fetchRelease(
  tools: TrustTools,
  version: Version,
  signal: AbortSignal,
  { mayGoBack = false }: { readonly mayGoBack?: boolean } = {},
): Promise<ReviewedRelease> {
  const all = await tools.source.list(signal);
  const listed = listedAs(version, all);
  const vouched = await fetchVouched(tools, version, all, signal);
  const expires = mayGoBack ? unjudged(vouched) : await assertNotOld(tools, vouched);
  return review(tools, listed, vouched, expires);
}

/** Throws `no-such-release`. */
export function listedAs(version: Version, all: readonly ListedRelease[]): ListedRelease {
  const listed = all.find((release) => release.version === version);
  if (listed !== undefined) return listed;
  throw new UpdateError('no-such-release', `the source has no release ${version}`, {
    details: { version },
  });
}

/** `all`: whose notes may be of interest. */
function review(
  { digest, policy }: Pick<TrustTools, 'digest' | 'policy'>,
  listed: ListedRelease,
  { bytes, manifest, signer, signature }: Vouched,
  expires: ReleaseSummary['expires'],
  all: readonly ListedRelease[] = [],
): ReviewedRelease {
  const summary = {
    version: listed.version,
    manifestSha256: digest(bytes),
    channel: listed.channel,
    changelog: manifest.changelog,
    ...gatherNotes(manifest.notes ?? listed.notes, listed.version, all, policy.channel),
    breaking: manifest.breaking ?? [],
    released: manifest.released ?? listed.published ?? null,
    bundleBytes: listed.bundleBytes ?? manifest.bundle?.size ?? null,
    signedBy: signer && { key: signer.id, name: signer.name },
    expires,
    ...NO_COST,
  };
  return { summary, manifest, bytes, signer, signature };
}
