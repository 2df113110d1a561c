/** A release as its source lists it, and which one of a list is meant. Who can read its files says how. */
import { UpdateError, type Channel, type Sha256, type Version } from '@pikit/protocol';
import { selectRelease } from '../../../../packages/agent/src/core/selection.ts';

export interface PublishedRelease {
  readonly version: Version;
  readonly channel: Channel;
  /** Undefined where the source does not say it. */
  readonly manifestSha256?: Sha256;
  /** `too-large` beyond `maxBytes`, `file-missing` or a status 404 where there is no such file, `source-invalid`. */
  readonly read: (name: string, maxBytes: number) => AsyncIterable<Uint8Array>;
}

/**
 * The one with this version, a leading `v` left out, or else the one that a device of the stable channel would choose; one
 * that lacks a file too, which a device passes over and its maintainer wants to hear of. Throws `no-such-release`.
 */
export function choose(
  all: readonly PublishedRelease[],
  version: string | undefined,
): PublishedRelease {
  const wanted = version?.replace(/^v/, '');
  const chosen =
    wanted === undefined ? selectRelease(all, 'stable') : all.find((one) => one.version === wanted);
  if (chosen !== undefined) return chosen;
  const message = wanted === undefined ? 'no stable release is published' : `no ${wanted} there`;
  const details = wanted === undefined ? {} : { version: wanted };
  throw new UpdateError('no-such-release', message, { details });
}
