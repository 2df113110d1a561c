/** Which past speaks against a release, and which does not: newest first, one entry decides. */
import {
  ERROR_CODES,
  OUTCOMES,
  TransactionResultSchema,
  type TransactionResult,
} from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { aTransactionResult } from '../../../protocol/test/sample-documents.ts';
import { judgeRelease } from '../../src/core/held-back.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';

const OFFERED = { version: aVersion('1.4.0'), manifestSha256: aSha256('a') };

type Patch = Partial<v.InferInput<typeof TransactionResultSchema>>;

/** An update to the offered release, as an earlier agent noted it: without the manifest. */
function entry(patch: Patch): TransactionResult {
  const { manifestSha256: _unknown, ...earlier } = aTransactionResult();
  return v.parse(TransactionResultSchema, { ...earlier, to: '1.4.0', error: null, ...patch });
}

const failedWith = (code: (typeof ERROR_CODES)[number], details = {}): TransactionResult =>
  entry({ outcome: 'failed', error: { code, details } });
const reasonOf = (...history: TransactionResult[]): string | undefined =>
  judgeRelease(OFFERED, history)?.reason;

const LEFT: Patch = { kind: 'rollback', from: '1.4.0', to: '1.3.0', outcome: 'committed' };

describe('judgeRelease', () => {
  it('names the release, the transaction that decided and why', () => {
    const { id } = entry({});
    expect(judgeRelease(OFFERED, [entry({ outcome: 'rolled-back' })])).toEqual({
      version: '1.4.0',
      transaction: id,
      reason: 'rolled-back',
    });
  });

  it.each([
    ['committed', undefined],
    ['rolled-back', 'rolled-back'],
    ['failed', 'failed'],
    ['cancelled', undefined],
    ['broken', 'failed'],
  ] as const)('takes an update that was %s for: %s', (outcome, reason) => {
    expect(reasonOf(entry({ outcome }))).toBe(reason);
    expect(OUTCOMES).toContain(outcome);
  });

  it('lets a failure pass that says nothing about the release', () => {
    const passing = ERROR_CODES.filter((code) => reasonOf(failedWith(code)) === undefined);
    expect(passing).toEqual([
      'offline',
      'dns-failed',
      'clock-wrong',
      'certificate-refused',
      'proxy-failed',
      'captive-portal',
      'source-limited',
      'source-refused',
      'source-invalid',
      'no-such-release',
      'download-failed',
      'manifest-changed',
      'signature-missing',
      'signature-invalid',
      'release-expired',
      'source-outdated',
      'incompatible',
      'downgrade-refused',
      'already-installed',
      'no-space',
      'write-failed',
      'state-damaged',
      'busy',
      'config-invalid',
    ]);
  });

  it.each([
    ['preflight', undefined],
    ['staging', 'failed'],
    ['verifying', 'failed'],
  ])('takes being cut off in %s for: %s', (phase, reason) => {
    expect(reasonOf(failedWith('interrupted', { phase }))).toBe(reason);
  });

  it('holds back what was rolled back, whatever the code: the running release was touched', () => {
    const error = { code: 'no-space', details: {} } as const;
    expect(reasonOf(entry({ outcome: 'rolled-back', error }))).toBe('rolled-back');
  });

  it.each([
    ['a person left it', [LEFT], 'rolled-back'],
    ['a person left it and came back', [{ outcome: 'committed' }, LEFT], undefined],
    ['leaving it failed', [{ ...LEFT, outcome: 'rolled-back' }], undefined],
    ['it was rolled back to', [{ ...LEFT, from: '1.5.0', to: '1.4.0' }], undefined],
    ['another version failed', [{ to: '1.4.1', outcome: 'failed' }], undefined],
    ['a repair of it failed', [{ kind: 'repair', outcome: 'failed' }], undefined],
    ['it failed, then it worked', [{ outcome: 'committed' }, { outcome: 'failed' }], undefined],
    ['it worked, then it failed', [{ outcome: 'failed' }, { outcome: 'committed' }], 'failed'],
    ['it failed, then was cancelled', [{ outcome: 'cancelled' }, { outcome: 'failed' }], 'failed'],
  ] as const)('when %s', (_what, history, reason) => {
    expect(reasonOf(...history.map((patch) => entry(patch)))).toBe(reason);
  });

  it('gives a release with another manifest its own chance', () => {
    const other = { manifestSha256: aSha256('b') };
    expect(reasonOf(entry({ outcome: 'failed', ...other }))).toBeUndefined();
    const mine = { manifestSha256: aSha256('a') };
    expect(reasonOf(entry({ outcome: 'failed', ...other }), entry({ ...mine }))).toBe(
      'rolled-back',
    );
  });

  it('finds out which release was left from when it was installed', () => {
    const installed = (digit: string) =>
      entry({ outcome: 'committed', manifestSha256: aSha256(digit) });
    expect(reasonOf(entry(LEFT), installed('a'), installed('b'))).toBe('rolled-back');
    expect(reasonOf(entry(LEFT), installed('b'), installed('a'))).toBeUndefined();
  });

  it('hears nothing in the fate of a file that somebody brought', () => {
    const error = { code: 'hash-mismatch', details: {} } as const;
    expect(reasonOf(entry({ outcome: 'failed', error, imported: true }))).toBeUndefined();
    const before = entry({ outcome: 'rolled-back' });
    expect(reasonOf(entry({ outcome: 'staged', imported: true }), before)).toBe('rolled-back');
  });

  it('holds nothing back without a past', () => {
    expect(judgeRelease(OFFERED, [])).toBeNull();
  });
});
