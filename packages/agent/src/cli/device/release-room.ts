/** How much room the next release may take: as much as the one that is offered, or else as the one that runs. */
import type { ReleaseSummary } from '@pikit/protocol';
import { join } from 'node:path';
import { CURRENT, treeRecordPath } from '../../core/layout.ts';
import { parseTreeRecord } from '../../core/tree-record.ts';
import type { RoomWanted } from '../doctor/disk.ts';
import { readSmall } from './records.ts';

/** Nothing where nobody knows. */
export async function readRoomWanted(
  root: string,
  offered: ReleaseSummary | null,
): Promise<RoomWanted> {
  const bytes = await readSmall(join(root, treeRecordPath(CURRENT)));
  const files = bytes instanceof Uint8Array ? filesIn(bytes) : [];
  const running = files.reduce((sum, { size }) => sum + size, 0);
  return { bytes: Math.max(running, offered?.bundleBytes ?? 0), files: files.length };
}

function filesIn(bytes: Uint8Array): readonly { readonly size: number }[] {
  try {
    return parseTreeRecord(bytes).files;
  } catch {
    // because a damaged record is the audit's finding, and only a guess is lost here
    return [];
  }
}
