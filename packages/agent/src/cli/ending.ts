/** A transaction that did not end as it was to, in one line: what went wrong, and what runs now. Words and nothing else. */
import type { Outcome, TransactionResult } from '@pikit/protocol';
import { describeError } from './print.ts';

/** What the owner finds on the device. */
const STANDS: { readonly [O in Outcome]: string } = {
  committed: 'it runs',
  staged: 'it lies ready',
  'rolled-back': 'it was undone, and what ran before runs again',
  failed: 'what ran before still runs',
  cancelled: 'what ran before still runs',
  broken: 'it could not be undone either, and a person is needed: pikit-rpc rescue',
};

export function describeUnwished({ kind, to, outcome, error }: TransactionResult): string {
  const what = `${kind} of ${to ?? 'nothing'} ended ${outcome}`;
  const why = error === null ? '' : `: ${describeError(error)}`;
  return `${what}${why}; ${STANDS[outcome]}`;
}
