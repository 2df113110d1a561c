/**
 * The release that was fetched for a later transaction: which it is, and whether it lies ready. Its record goes before the files
 * do, so that a cut never leaves one over half a tree. Only for the holder of the lock, but for looking.
 */
import type { Sha256, Version } from '@pikit/protocol';
import { KeptRecordSchema, type KeptRecord } from '../core/kept-record.ts';
import { KEPT_FILE, stagingPath, treeRecordPath } from '../core/layout.ts';
import { encodeRecord, parseRecord } from '../core/record.ts';
import { isNewer } from '../core/selection.ts';
import type { Disk } from '../ports.ts';
import { currentTree } from './trees.ts';
import { unlessUnreadable } from './unless-unreadable.ts';
import { installedVersion } from './version-file.ts';

/** A signature is the most of it. */
const MAX_RECORD_BYTES = 64 * 1024;

/** Undefined for a damaged one too, and for a release that is no step forward any more. */
export async function readKept(disk: Disk): Promise<KeptRecord | undefined> {
  const kept = await load(disk);
  if (kept === undefined) return undefined;
  const current = (await currentTree(disk))?.version ?? (await installedVersion(disk));
  return isNewer(kept.version, current) ? kept : undefined;
}

/** The same of just this release. */
export async function keptAs(
  disk: Disk,
  wanted: { readonly version: Version; readonly manifestSha256: Sha256 },
): Promise<KeptRecord | undefined> {
  const kept = await readKept(disk);
  const isSame = kept?.version === wanted.version && kept.manifestSha256 === wanted.manifestSha256;
  return isSame ? kept : undefined;
}

/** Undefined unless all of it is here. */
export async function readReady(disk: Disk): Promise<KeptRecord | undefined> {
  const kept = await readKept(disk);
  if (kept?.ready !== true) return undefined;
  // While it is being installed it has gone from there already.
  const isThere = await disk.lstat(treeRecordPath(stagingPath(kept.version)));
  return isThere && kept;
}

/** The first of a release need not be durable: lost, it costs what the files cost beside it, which are not synced yet either. */
export async function keep(
  disk: Disk,
  kept: KeptRecord,
  { isDurable = true }: { readonly isDurable?: boolean } = {},
): Promise<void> {
  const content = encodeRecord(kept);
  await (isDurable
    ? disk.write(KEPT_FILE, content, 0o600)
    : disk.writeUnsynced(KEPT_FILE, content, 0o600));
}

/** Without it everything is fetched once more, which is all that it saves. */
function load(disk: Disk): Promise<KeptRecord | undefined> {
  return unlessUnreadable(async () => {
    const bytes = await disk.read(KEPT_FILE, MAX_RECORD_BYTES);
    return bytes && parseRecord(bytes, KeptRecordSchema, KEPT_FILE);
  });
}
