/** Which release is offered: channel, order, and what a manifest requires of this device. Decides, never fetches. */
import { UpdateError, type Channel, type TransactionResult, type Version } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import compare from 'semver/functions/compare.js';
import prerelease from 'semver/functions/prerelease.js';
import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import type { TreeVersion } from './layout.ts';

interface Listed {
  readonly version: Version;
  readonly channel: Channel;
}

/**
 * The highest version of the channel; a stable device never sees pre-releases, a beta device sees both. The version says
 * what is a pre-release too, because the box on the server's page is easily forgotten. The highest, not the server's
 * "latest": that is merely the newest by date, so a back-port would win.
 */
export function selectRelease<R extends Listed>(
  releases: readonly R[],
  channel: Channel,
): R | undefined {
  return newestFirst(releases, channel)[0];
}

/** All releases of the channel. */
export function newestFirst<R extends Listed>(
  releases: readonly R[],
  channel: Channel,
): readonly R[] {
  return releases
    .filter((release) => isOfChannel(release, channel))
    .toSorted((a, b) => compare(b.version, a.version));
}

export function isOfChannel({ version, channel: own }: Listed, channel: Channel): boolean {
  return channel === 'beta' || (own === 'stable' && prerelease(version) === null);
}

/** The releases before this version, oldest first, whatever their channel. */
export function olderThan<R extends Listed>(
  version: Version,
  releases: readonly R[],
): readonly R[] {
  return releases
    .filter((release) => compare(release.version, version) < 0)
    .toSorted((a, b) => compare(a.version, b.version));
}

/** True when the release would be a step forward; anything is, for files that never had a version. */
export function isNewer(version: Version, current: TreeVersion | null): boolean {
  return current === null || current === 'preexisting' || compare(version, current) > 0;
}

/**
 * Throws `already-installed` or `downgrade-refused`: only a roll-back goes back. Versions that differ in their build
 * metadata alone are the same version (Semantic Versioning, clause 10).
 */
export function assertForward(version: Version, current: TreeVersion | null): void {
  if (!isVersion(current) || compare(version, current) > 0) return;
  assertOther(version, current);
  throw downgrade(version, current);
}

/** Throws `already-installed`. */
export function assertOther(version: Version, current: TreeVersion | null): void {
  if (!isVersion(current) || compare(version, current) !== 0) return;
  throw new UpdateError('already-installed', `${version} is what runs`, {
    details: { version, current },
  });
}

/**
 * Throws `downgrade-refused` for a release below the newest that was ever installed; having rolled back changes nothing, only
 * root's own step down does. Where releases are signed, what was seen decides instead. `history` is newest first.
 */
export function assertNotBelowInstalled(
  version: Version,
  history: readonly Pick<TransactionResult, 'kind' | 'from' | 'to' | 'outcome'>[],
): void {
  for (const { kind, from, to, outcome } of history) {
    if (kind !== 'apply' || outcome !== 'committed' || !isVersion(to)) continue;
    if (compare(version, to) < 0) throw downgrade(version, to);
    if (isVersion(from) && compare(to, from) < 0) return;
  }
}

const isVersion = (version: TreeVersion | null): version is Version =>
  version !== null && version !== 'preexisting';

function downgrade(version: Version, current: Version): UpdateError {
  return new UpdateError('downgrade-refused', `${version} is not newer than ${current}`, {
    details: { version, current },
  });
}

export interface Device {
  /** Node's name of it. */
  readonly arch: string;
  readonly updaterVersion: string;
  readonly current: TreeVersion | null;
}

/**
 * Throws `incompatible`. A signed manifest must name the product that the config names, because the same key may sign
 * others; unsigned ones may be silent.
 */
export function assertProduct(
  { product }: Manifest,
  configured: string | undefined,
  isSigned: boolean,
): void {
  if (configured === undefined || product === configured) return;
  if (product === undefined && !isSigned) return;
  throw incompatible('product', product ?? 'none', configured);
}

/** Throws `incompatible` with `what`, `required` and `found`. Whether it is the right product was asked before. */
export function assertCompatible({ requires }: Manifest, device: Device): void {
  if (requires?.arch !== undefined && !requires.arch.some((name) => isArch(name, device.arch))) {
    throw incompatible('arch', requires.arch.join(' '), device.arch);
  }
  assertRange('updater', requires?.updater, device.updaterVersion);
  // Adopted files have no version that a range could speak of.
  if (device.current !== null && device.current !== 'preexisting') {
    assertRange('from', requires?.from, device.current);
  }
}

/** A maintainer may write Node's name (`arm`, `x64`) or Debian's (`armhf`, `amd64`); most are the same. */
const DEBIAN_ARCH: Readonly<Record<string, string>> = { arm: 'armhf', x64: 'amd64', ia32: 'i386' };

function isArch(name: string, arch: string): boolean {
  return name === arch || name === DEBIAN_ARCH[arch];
}

function assertRange(what: string, range: string | undefined, found: string): void {
  if (range === undefined) return;
  if (validRange(range) === null) {
    throw new UpdateError('manifest-invalid', `requires.${what} is not a version range`, {
      details: { where: `requires.${what}`, reason: 'not a version range' },
    });
  }
  if (!satisfies(found, range, { includePrerelease: true })) throw incompatible(what, range, found);
}

function incompatible(what: string, required: string, found: string): UpdateError {
  return new UpdateError(
    'incompatible',
    `the release requires ${what} ${required}, here is ${found}`,
    {
      details: { what, required, found },
    },
  );
}
