/**
 * What every device asks of a manifest besides that it can be parsed, decided by the agent's own core, for a device whose
 * owner changed no limit and allows commands. What one device asks and another does not is no business of a maintainer.
 */
import { UpdateError, type Sha256 } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import validRange from 'semver/ranges/valid.js';
import { judgeExpiry } from '../../../packages/agent/src/core/freshness.ts';
import { assertModes } from '../../../packages/agent/src/core/manifest.ts';
import { assertMayRun, commandsOf } from '../../../packages/agent/src/core/post-install.ts';
import { assertModest, DEFAULT_SIZES } from '../../../packages/agent/src/core/release-size.ts';
import { rotate } from '../../../packages/agent/src/core/rotation.ts';
import { NOTHING_TOLD } from '../../../packages/agent/src/core/trust-root.ts';

export interface Circumstances {
  /** Or will be. */
  readonly isSigned: boolean;
  readonly bundleBytes: number;
  /** ISO 8601. */
  readonly now: string;
}

/**
 * Throws `release-expired`, `too-large`, `post-install-refused`, and `manifest-invalid` for a mode that needs a signature or a
 * range that is none.
 */
export function assertForDevices(
  manifest: Manifest,
  { isSigned, bundleBytes, now }: Circumstances,
): void {
  judgeExpiry(manifest, NOTHING_TOLD, { now, isSynchronised: true });
  assertModes(manifest, isSigned ? 'somebody' : undefined);
  const commands = commandsOf(manifest.post_install ?? []);
  assertMayRun(commands, manifest.files, { isSigned, isAllowed: true, hasSystemd: true });
  assertRanges(manifest);
  assertModest(manifest, bundleBytes, { limits: DEFAULT_SIZES, targets: [] });
}

function assertRanges({ requires = {} }: Manifest): void {
  for (const which of ['from', 'updater'] as const) {
    const range = requires[which];
    if (range === undefined || validRange(range) !== null) continue;
    const [where, reason] = [`requires.${which}`, 'not a version range'];
    throw new UpdateError('manifest-invalid', `manifest refused: ${where}: ${reason}`, {
      details: { where, reason },
    });
  }
}

/** What a device takes, and its owner should know about: one sentence each. */
export function doubtsAbout({ product, expires, keys }: Manifest, signer: string): string[] {
  return [
    ...(product === undefined
      ? ['it names no product: a device that is told its product refuses a signed release without']
      : []),
    ...(expires === undefined
      ? ['it has no expires: a device cannot notice that its source holds newer releases back']
      : []),
    ...(keys?.retire?.includes(signer) === true && keys.add === undefined
      ? ['it retires the key that signs it and introduces none: only devices with another go on']
      : []),
  ];
}

/** For whatever else a device believes, so that retiring this key alone is no mistake. */
const ANOTHER_KEY = { id: '', bytes: new Uint8Array(), name: null };

/** Throws `manifest-invalid` for keys that it introduces or retires and cannot. `signer`: the id of the key that signs it. */
export function assertKeys(manifest: Manifest, signer: string): void {
  const root = { keys: [ANOTHER_KEY], record: NOTHING_TOLD };
  rotate(root, manifest, '' as Sha256, signer);
}
