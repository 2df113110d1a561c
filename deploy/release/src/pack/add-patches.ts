/** Adds to a release that is being packed the patches that lead to it from earlier ones, where they pay. */
import { UpdateError, type Version } from '@pikit/protocol';
import type { Manifest, ManifestPatch } from '@pikit/protocol/manifest';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import compare from 'semver/functions/compare.js';
import type { Note } from '../command.ts';
import { makePatch, type NewFile } from '../patch/make-patch.ts';
import { unpackOldRelease } from '../patch/old-release.ts';
import { patchName } from '../release-directory.ts';

interface Order {
  /** Where the release is being made. */
  readonly to: string;
  readonly version: Version;
  readonly product: string | undefined;
  readonly files: readonly NewFile[];
  /** Directories of earlier releases. */
  readonly previous: readonly string[];
  readonly note: Note;
}

export interface AddedPatch {
  /** Of the earlier release. */
  readonly version: Version;
  /** Undefined where it would not pay. */
  readonly patch: ManifestPatch | undefined;
}

/**
 * One after the other, so that only one earlier release is unpacked at a time. Throws `invalid-request` for a release that is
 * not an earlier one of this product, and what reading it throws.
 */
export async function addPatches(order: Order): Promise<readonly AddedPatch[]> {
  const added: AddedPatch[] = [];
  for (const directory of order.previous) added.push(await addPatch(directory, order, added));
  return added;
}

async function addPatch(
  directory: string,
  { to, version, product, files, note }: Order,
  before: readonly AddedPatch[],
): Promise<AddedPatch> {
  const unpacked = join(to, '.previous');
  try {
    note(`making the patch from ${directory}`);
    const old = await unpackOldRelease(directory, unpacked);
    const { manifest, manifestSha256 } = old;
    const refusal = refusalOf(manifest, version, product);
    if (refusal !== undefined) throw refused(directory, refusal);
    if (before.some((one) => one.version === manifest.version))
      throw refused(directory, 'was named twice');
    const patch = await makePatch(old, files, join(to, patchName(version, manifestSha256)));
    return { version: manifest.version, patch };
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

function refusalOf(old: Manifest, version: Version, product?: string): string | undefined {
  if (old.product !== product) return `is of ${old.product ?? 'no product'}`;
  return compare(old.version, version) < 0 ? undefined : `is ${old.version}, not earlier`;
}

function refused(directory: string, reason: string): UpdateError {
  return new UpdateError('invalid-request', `--previous ${directory} ${reason}`, {
    details: { path: directory, reason },
  });
}
