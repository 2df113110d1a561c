/** Takes away what was fetched for a later transaction: its owner says so, or a check has shown that nobody offers it any more. */
import { UpdateError, type Sha256, type TransactionId, type Version } from '@pikit/protocol';
import { KEPT_FILE } from '../core/layout.ts';
import type { Disk, Log } from '../ports.ts';
import { readKept } from '../steps/kept-release.ts';
import type { Finding } from './check.ts';
import type { Exclusive } from './exclusive.ts';

interface Tools {
  readonly disk: Disk;
  readonly exclusive: Pick<Exclusive, 'tidyAfter'>;
}

/** False where the transaction has left nothing. `busy` while one runs. */
export async function dropKept(
  { disk, exclusive }: Tools,
  transaction: TransactionId,
): Promise<boolean> {
  if ((await readKept(disk))?.transaction !== transaction) return false;
  await exclusive.tidyAfter(async () => {
    // Looked at again under the lock: it may be another transaction's by now.
    if ((await readKept(disk))?.transaction === transaction) await disk.remove(KEPT_FILE);
  });
  return true;
}

/** After a check. What was brought in a file no source needs to know. */
export async function dropGone(
  { log, ...tools }: Tools & { readonly log: Log },
  finding: Finding,
): Promise<void> {
  const kept = await readKept(tools.disk);
  if (kept === undefined || kept.imported === true || !isGone(kept, finding)) return;
  try {
    if (!(await dropKept(tools, kept.transaction))) return;
    log.warning(`${kept.version} is no longer there as it was: what was fetched of it went`);
  } catch (error) {
    // because the next check finds it again, and this one has done what it was asked
    if (!(error instanceof UpdateError && error.code === 'busy')) throw error;
  }
}

/**
 * Whether a check has shown that the release is withdrawn or was changed. A source without any release tells nothing: it may be
 * a stick that is not in.
 */
export function isGone(
  { version, manifestSha256 }: { readonly version: Version; readonly manifestSha256: Sha256 },
  { newest, listed }: Finding,
): boolean {
  if (listed.length === 0) return false;
  if (newest?.summary.version === version) return newest.summary.manifestSha256 !== manifestSha256;
  return !listed.some((release) => release.version === version);
}
