/**
 * The journal of an update to a signed release, as the agent leaves it when it is killed after its beginning: for tests of
 * what only a signed release may do, without a key.
 */
import { Sha256Schema, type TransactionId, type Version } from '@pikit/protocol';
import * as v from 'valibot';
import { digest } from '../../src/adapters/digest-crypto.ts';
import type { JournalRecord } from '../../src/core/journal-record.ts';
import { manifestPath, stagingPath, treeName } from '../../src/core/layout.ts';
import type { Disk } from '../../src/ports.ts';
import { currentTree } from '../../src/steps/trees.ts';
import { createStore } from '../../src/updater/store.ts';
import { aVersion } from './a-manifest.ts';
import { createListLog } from './fakes.ts';

interface SignedUpdate {
  readonly version: string;
  /** As published. */
  readonly manifest: Uint8Array;
  readonly id?: string;
}

/** Whoever recovers now goes on with staging. */
export async function laySignedUpdate(
  disk: Disk,
  { version: text, manifest, id = '20260102T042000Z-5167ed' }: SignedUpdate,
): Promise<JournalRecord> {
  const version: Version = aVersion(text);
  const manifestSha256 = v.parse(Sha256Schema, digest(manifest));
  const record: JournalRecord = {
    id: id as TransactionId,
    kind: 'apply',
    by: 'admin',
    startedAt: '2026-01-02T04:20:00.000Z',
    from: (await currentTree(disk)) ?? null,
    to: { name: treeName(version, manifestSha256), version },
    adopted: false,
    manifestSha256,
    signedBy: '0123456789ABCDEF',
    bundleBytes: null,
    bytesFetched: 0,
    phase: 'staging',
    outcome: 'committed',
    interruptions: 0,
    error: null,
  };
  await disk.write(manifestPath(stagingPath(version)), manifest, 0o644);
  await createStore({ disk, log: createListLog() }).saveJournal(record);
  return record;
}
