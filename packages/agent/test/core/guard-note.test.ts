/** What the guard is told, as its shell reads it. */
import type { TransactionId } from '@pikit/protocol';
import { describe, expect, it } from 'vitest';
import { encodeGuardNote, guardLimitMs, isNoteOf } from '../../src/core/guard-note.ts';
import { treeName } from '../../src/core/layout.ts';
import { aPolicy } from '../support/workbench.ts';
import { aSha256, aVersion } from '../support/a-manifest.ts';

const transaction = '20260102T042000Z-5167ed' as TransactionId;
const tree = treeName(aVersion('1.0.0'), aSha256());

describe('encodeGuardNote', () => {
  it('is a line for each value, with the limit in whole seconds', () => {
    expect(encodeGuardNote({ transaction, tree, limitMs: 15_001 })).toBe(
      `transaction=${transaction}\ntree=1.0.0-aaaaaaaa\nlimit=16\n`,
    );
  });

  it('says it where nothing ran before', () => {
    expect(encodeGuardNote({ transaction, tree: null, limitMs: 1000 })).toContain('\ntree=none\n');
  });
});

describe('isNoteOf', () => {
  it.each([
    ['ours', encodeGuardNote({ transaction, tree, limitMs: 1 }), true],
    ['one of a later agent', `format=2\ntransaction=${transaction}\n`, true],
    ['of another transaction', 'transaction=20260102T042000Z-000000\n', false],
    ['of one whose name goes on', `transaction=${transaction}0\n`, false],
    ['torn', `transaction=${transaction.slice(0, -2)}`, false],
    ['nothing', '', false],
  ])('%s', (_what, text, expected) => {
    expect(isNoteOf(new TextEncoder().encode(text), transaction)).toBe(expected);
  });
});

describe('guardLimitMs', () => {
  it('leaves time for the probes and for each command', () => {
    const policy = aPolicy({});
    const { guardTimeoutMs, probeTimeoutMs } = policy.limits;
    expect(guardLimitMs(policy, 0)).toBe(guardTimeoutMs + probeTimeoutMs);
    expect(guardLimitMs(policy, 2)).toBe(guardTimeoutMs + probeTimeoutMs + 120_000);
  });
});
