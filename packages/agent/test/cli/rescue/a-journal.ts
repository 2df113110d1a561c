/** The record of an update that was cut off while it was staged. */
import * as v from 'valibot';
import { aTransactionId } from '../../../../protocol/test/sample-documents.ts';
import type { KeptJournal } from '../../../src/cli/device/facts.ts';
import { JournalRecordSchema } from '../../../src/core/journal-record.ts';

export function aJournal(): KeptJournal & { readonly kind: 'good' } {
  const content = v.parse(JournalRecordSchema, {
    id: aTransactionId(),
    kind: 'apply',
    by: 'dashboard',
    startedAt: '2026-05-04T12:00:00.000Z',
    from: { name: '1.0.0-89abcdef', version: '1.0.0' },
    to: { name: '1.1.0-01234567', version: '1.1.0' },
    adopted: false,
    manifestSha256: null,
    bundleBytes: null,
    bytesFetched: 0,
    phase: 'staging',
    outcome: 'committed',
    interruptions: 0,
    error: null,
  });
  return { kind: 'good', content };
}
