/** Asks the source what there is, and turns the best release of the channel into what the owner is shown. */
import { UpdateError, type ReleaseSummary, type Version } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { parseManifest } from '../core/manifest.ts';
import type { Policy } from '../core/policy.ts';
import { selectRelease } from '../core/selection.ts';
import type { Digest, ListedRelease, ReleaseSource } from '../ports.ts';

interface Needs {
  readonly source: ReleaseSource;
  readonly policy: Policy;
  readonly digest: Digest;
}

/** Release notes longer than this are cut: the snapshot must fit into one line of the protocol. Characters. */
const MAX_NOTES = 16_000;

export interface ReviewedRelease {
  readonly summary: ReleaseSummary;
  readonly manifest: Manifest;
  readonly bytes: Uint8Array;
}

/** Null when the channel has no release. Codes of the source and of the manifest. */
export async function findRelease(
  needs: Needs,
  signal: AbortSignal,
): Promise<ReviewedRelease | null> {
  const best = selectRelease(await needs.source.list(signal), needs.policy.channel);
  return best === undefined ? null : review(needs, best, signal);
}

/** The release with just this version, whatever the channel; `no-such-release` when the source has none. */
export async function fetchRelease(
  needs: Needs,
  version: Version,
  signal: AbortSignal,
): Promise<ReviewedRelease> {
  const listed = (await needs.source.list(signal)).find((release) => release.version === version);
  if (listed === undefined) {
    throw new UpdateError('no-such-release', `the source has no release ${version}`, {
      details: { version },
    });
  }
  return review(needs, listed, signal);
}

async function review(
  { source, policy, digest }: Needs,
  listed: ListedRelease,
  signal: AbortSignal,
): Promise<ReviewedRelease> {
  const bytes = await source.manifest(listed.version, policy.limits.manifestBytes, signal);
  const manifest = parseManifest(bytes, listed.version);
  const notes = manifest.notes ?? listed.notes;
  const summary = {
    version: listed.version,
    manifestSha256: digest(bytes),
    channel: listed.channel,
    changelog: manifest.changelog,
    notes: notes === undefined ? null : notes.slice(0, MAX_NOTES),
    breaking: manifest.breaking ?? [],
    released: manifest.released ?? listed.published ?? null,
    bundleBytes: listed.bundleBytes ?? manifest.bundle?.size ?? null,
  };
  return { summary, manifest, bytes };
}
