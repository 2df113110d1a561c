/** Snapshots in the two states that the api tells apart: nothing happens, and a transaction runs. */
import { StatusSchema, TransactionIdSchema, type Status } from '@pikit/protocol';
import * as v from 'valibot';
import {
  aLogLine,
  aStatus,
  aTransactionId,
  aTransactionResult,
} from '../../../protocol/test/sample-documents.ts';

type Change = Partial<ReturnType<typeof aStatus>>;

export const theTransaction = v.parse(TransactionIdSchema, aTransactionId());

/** Somebody else's transaction. */
export const anotherTransaction = v.parse(TransactionIdSchema, '20260102T050000Z-ffffff');

export function runningStatus(change: Change = {}): Status {
  return v.parse(StatusSchema, { ...aStatus(), last_result: null, ...change });
}

export function settledStatus(change: Change = {}): Status {
  return runningStatus({ transaction: null, progress: null, ...change });
}

/** As it stands when `theTransaction` has ended. */
export function endedStatus(change: Change = {}): Status {
  return settledStatus({ last_result: aTransactionResult(), ...change });
}

export function aLogEntry(transaction: string = theTransaction) {
  return { transaction, line: aLogLine() };
}
