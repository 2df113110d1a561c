/** Names of transactions go forward, whatever the clock does. */
import { TransactionIdSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { newestId, nextTransactionId } from '../../src/core/transaction-id.ts';

const NOW = '2026-11-23T18:45:00.999Z';
const at = (stamp: string) => v.parse(TransactionIdSchema, `${stamp}-0a0b0c`);

describe('nextTransactionId', () => {
  it.each([
    ['nothing is known', undefined, '20261123T184500Z'],
    ['the newest is older', at('20251231T235959Z'), '20261123T184500Z'],
    ['the newest is of this second', at('20261123T184500Z'), '20261123T184501Z'],
    ['the clock was set back', at('20270101T115959Z'), '20270101T120000Z'],
    ['the newest ends a year', at('20261231T235959Z'), '20270101T000000Z'],
    ['a month ends', at('20280430T235959Z'), '20280501T000000Z'],
    ['February has a leap day', at('20280228T235959Z'), '20280229T000000Z'],
    ['February has none', at('20270228T235959Z'), '20270301T000000Z'],
    ['it is the leap day', at('20280229T235959Z'), '20280301T000000Z'],
    ['a minute ends', at('20270101T101059Z'), '20270101T101100Z'],
    ['the newest is no time', at('20269999T999999Z'), '20261123T184500Z'],
  ])('when %s (%s) is of %s', (_what, latest, stamp) => {
    const id = nextTransactionId(NOW, latest, '1a2b3c');
    expect(id).toBe(`${stamp}-1a2b3c`);
    expect(v.is(TransactionIdSchema, id)).toBe(true);
  });
});

describe('newestId', () => {
  it('reads ids, log files and backups alike, and passes other names over', () => {
    const names = [
      '20260102T000000Z-0a0b0c',
      '20260104T000000Z-0a0b0c.jsonl',
      '20260103T000000Z',
      '20269999T999999Z',
      'zz-notes.txt',
      '99999999',
    ];
    expect(newestId(names)?.slice(0, 16)).toBe('20260104T000000Z');
    expect(newestId(['zz-notes.txt'])).toBeUndefined();
  });
});
