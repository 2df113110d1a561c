/**
 * How the keys change over the years: a signed release may introduce the next and retire an old one. What it says counts
 * from the moment in which this device has seen it, because a key that leaked must not stay believed until an update is
 * installed.
 */
import { UpdateError, type Sha256 } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import compare from 'semver/functions/compare.js';
import { parseKeyLine } from './minisign.ts';
import { isRetired, type Seen, type TrustRecord, type TrustRoot } from './trust-root.ts';

/** Of each, over the whole life of a device: more would be somebody's attempt to fill it up. */
const MAX_TOLD = 64;

/**
 * The record after the signed manifest; the same object when it says nothing new. Throws `manifest-invalid` with `where`
 * and `reason` when a key cannot be read, or when it would leave no key that is believed. `signer`: the id of its key.
 */
export function rotate(
  { keys, record }: TrustRoot,
  { version, keys: told }: Manifest,
  manifestSha256: Sha256,
  signer: string,
): TrustRecord {
  const coming = (told?.add ?? []).map((line) => {
    const parsed = parseKeyLine(line);
    if (parsed === undefined) throw invalid('keys.add', 'not a public key of minisign');
    return { line, id: parsed.id };
  });
  const going = (told?.retire ?? []).filter((id) => !isRetired(record, id));
  if (coming.some(({ id }) => told?.retire?.includes(id))) {
    throw invalid('keys.retire', 'names a key that it introduces');
  }
  // Retired is for ever: an old manifest that introduced the key must not bring it back.
  const added = coming.filter(
    ({ id, line }) => !isRetired(record, id) && !record.introduced.some(({ key }) => key === line),
  );
  if (added.length === 0 && going.length === 0) return record;
  const introduced = [
    ...record.introduced,
    ...added.map(({ line }) => ({ key: line, by: signer, version })),
  ];
  const retired = [
    ...record.retired,
    ...going.map((key) => ({ key, by: key === signer ? manifestSha256 : null })),
  ];
  if (introduced.length > MAX_TOLD || retired.length > MAX_TOLD) {
    throw invalid('keys', 'more keys than a device keeps');
  }
  const next = { introduced, retired, seen: stillVouchedFor(record, going, version) };
  const left = [...keys.map(({ id }) => id), ...added.map(({ id }) => id)];
  if (left.every((id) => isRetired(next, id))) {
    throw invalid('keys.retire', 'would leave no key that is believed');
  }
  return next;
}

/**
 * Nobody vouches any more for what a retired key has shown beyond the release that retires it: else whoever had stolen it
 * could have shown a version so high that no true one would ever count as newer.
 */
function stillVouchedFor(
  { seen }: TrustRecord,
  going: readonly string[],
  version: Manifest['version'],
): TrustRecord['seen'] {
  const keeps = (one: Seen | undefined): one is Seen =>
    one !== undefined && !(going.includes(one.key) && compare(one.version, version) > 0);
  return {
    ...(keeps(seen.stable) ? { stable: seen.stable } : {}),
    ...(keeps(seen.beta) ? { beta: seen.beta } : {}),
  };
}

function invalid(where: string, reason: string): UpdateError {
  return new UpdateError('manifest-invalid', `manifest refused: ${where}: ${reason}`, {
    details: { where, reason },
  });
}
