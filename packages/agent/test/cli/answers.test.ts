/** What an operator reads as the answer to each method: words where there are any, else the document. */
import { methods, type MethodName } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  aSha256,
  aStatus,
  aTransactionId,
  aTransactionResult,
} from '../../../protocol/test/sample-documents.ts';
import { describeAnswer } from '../../src/cli/answers.ts';

const told = (method: MethodName, result: unknown): string =>
  describeAnswer(method, v.parse(methods[method].result, result));

describe('describeAnswer', () => {
  it('shows after a check what was found, and the whole command for it', () => {
    const found = { ...aStatus(), transaction: null, check_error: null };
    expect(told('update.check', found).split('\n')).toEqual([
      expect.stringContaining('available: 1.4.0 (manifest '),
      `install it  pikit-rpc update.apply '{"version":"1.4.0","manifestSha256":"${aSha256()}"}'`,
    ]);
  });

  it.each(['apply', 'downgrade', 'import', 'rollback', 'repair'] as const)(
    'does not let %s look as if it had ended',
    (name) => {
      expect(told(`update.${name}`, { transaction: aTransactionId() })).toBe(
        `begun: ${aTransactionId()}; it goes on by itself, and pikit-rpc watch follows it`,
      );
    },
  );

  it.each([
    ['update.status', aStatus(), 'installed   1.3.0'],
    ['update.skip', aStatus(), 'skipped     1.4.0'],
    ['update.verify', aStatus(), 'to mend it'],
    ['update.history', { entries: [aTransactionResult()] }, `(${aTransactionResult().id})`],
    ['update.log', { transaction: aTransactionId(), lines: [] }, `log of ${aTransactionId()}`],
    ['update.cancel', {}, '{}'],
  ] as const)('of %s is for people', (method, result, words) => {
    expect(told(method, result)).toContain(words);
  });
});
