/**
 * What was fetched and is kept for a later transaction: a release that lies ready, or the part of one that a cancelled try has
 * left. Beside it nothing of what lies in staging is believed, and it says itself only where to look.
 */
import { Sha256Schema, TransactionIdSchema, VersionSchema, type ErrorCode } from '@pikit/protocol';
import * as v from 'valibot';
import { isCircumstance } from './held-back.ts';
import type { JournalRecord } from './journal-record.ts';

export const KeptRecordSchema = v.object({
  /** Which began it last. */
  transaction: TransactionIdSchema,
  version: VersionSchema,
  manifestSha256: Sha256Schema,
  /** Of the manifest, as it was fetched; null where none was asked for. */
  signature: v.nullable(v.string()),
  /** As the source told. */
  bundleBytes: v.nullable(v.number()),
  /** All of it is here, and was verified. */
  ready: v.boolean(),
  /** Somebody brought it in a file: that no source lists it says nothing. */
  imported: v.exactOptional(v.literal(true)),
});
export type KeptRecord = v.InferOutput<typeof KeptRecordSchema>;

/**
 * Of circumstances, the ones after which nothing that lies there is worth anything: a server that answers nonsense is to fill no
 * disk, and what a disk has once refused to write still reads as if it had.
 */
const LEAVES_NOTHING: ReadonlySet<string> = new Set<ErrorCode>(['source-invalid', 'write-failed']);

/**
 * Whether a transaction that ends so leaves anything to go on with. Not after a failure that is the release's own: what was
 * fetched may be the cause, and would be met again.
 */
export function isLeftBy({
  outcome,
  error,
  imported,
}: Pick<JournalRecord, 'outcome' | 'error' | 'imported'>): boolean {
  // The file that it came from is gone: who brings it again brings all of it.
  if (imported === true) return outcome === 'staged';
  if (outcome === 'failed') {
    return error !== null && !LEAVES_NOTHING.has(error.code) && isCircumstance(error);
  }
  return outcome === 'staged' || outcome === 'cancelled';
}
