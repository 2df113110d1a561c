/** A transaction that did not end as it was to, in words. */
import { OUTCOMES, TransactionResultSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { aTransactionResult } from '../../../protocol/test/sample-documents.ts';
import { describeUnwished } from '../../src/cli/ending.ts';

const ended = (changed: object): string =>
  describeUnwished(
    v.parse(TransactionResultSchema, {
      ...aTransactionResult(),
      kind: 'apply',
      to: '1.4.0',
      ...changed,
    }),
  );

describe('describeUnwished', () => {
  it('says what went wrong, and what runs now', () => {
    const error = { code: 'no-space', details: { path: '/var/lib/x' } };
    expect(ended({ outcome: 'rolled-back', error })).toBe(
      'apply of 1.4.0 ended rolled-back: no-space (path=/var/lib/x); it was undone, and what ran before runs again',
    );
    expect(ended({ outcome: 'cancelled', error: null })).toBe(
      'apply of 1.4.0 ended cancelled; what ran before still runs',
    );
  });

  it('sends for a person where nothing whole runs', () => {
    expect(ended({ outcome: 'broken', error: null })).toContain('pikit-rpc rescue');
  });

  it.each(OUTCOMES)('has words for how the device stands after %s', (outcome) => {
    expect(ended({ outcome, error: null })).toMatch(/; \w{2}/);
  });
});
