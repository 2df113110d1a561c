/** Transactions as the outside sees them: closed words, counts that cannot go below zero, ids that cannot be a path. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  LogLineSchema,
  OUTCOMES,
  OutcomeSchema,
  PHASES,
  PhaseSchema,
  ProgressSchema,
  TransactionIdSchema,
  TransactionResultSchema,
  TransactionViewSchema,
} from '../src/transaction.ts';
import { aLogLine, aStatus, aTransactionId, aTransactionResult } from './sample-documents.ts';

describe('PhaseSchema and OutcomeSchema', () => {
  it.each(PHASES)('knows the phase %s', (phase) => {
    expect(v.is(PhaseSchema, phase)).toBe(true);
  });

  it.each(OUTCOMES)('knows the outcome %s', (outcome) => {
    expect(v.is(OutcomeSchema, outcome)).toBe(true);
  });

  it.each(['Staging', 'downloading', 'end', '', null])('takes %j for neither', (word) => {
    expect(v.is(PhaseSchema, word) || v.is(OutcomeSchema, word)).toBe(false);
  });
});

describe('TransactionIdSchema', () => {
  it('takes a time and six hexadecimal digits', () => {
    expect(v.is(TransactionIdSchema, aTransactionId())).toBe(true);
  });

  it.each([
    '',
    '20260102T042000Z',
    '20260102T042000Z-0a1b2',
    '20260102T042000Z-0A1B2C',
    '20260102T042000Z-0a1b2c/..',
    `${aTransactionId()}\n`,
    '../20260102T042000Z-0a1b2c',
    42,
  ])('refuses %j', (id) => {
    expect(v.is(TransactionIdSchema, id)).toBe(false);
  });
});

describe('ProgressSchema', () => {
  const progress = { phase: 'staging', bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0 };

  it('takes zeros where there is nothing to count', () => {
    expect(v.is(ProgressSchema, progress)).toBe(true);
  });

  it.each(['bytesDone', 'bytesTotal', 'filesDone', 'filesTotal'])('refuses odd %s', (member) => {
    for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null]) {
      expect(v.is(ProgressSchema, { ...progress, [member]: value }), String(value)).toBe(false);
    }
  });
});

describe('TransactionViewSchema', () => {
  const needed = Object.keys(TransactionViewSchema.entries).filter((name) => name !== 'stageOnly');

  it('takes one that is to end before the switch', () => {
    const view = { ...aStatus().transaction, stageOnly: true };
    expect(v.parse(TransactionViewSchema, view)).toEqual(view);
  });

  it.each(needed)('refuses a view without %s', (member) => {
    const view = aStatus().transaction ?? {};
    expect(v.is(TransactionViewSchema, view)).toBe(true);
    const without = Object.entries(view).filter(([name]) => name !== member);
    expect(v.is(TransactionViewSchema, Object.fromEntries(without))).toBe(false);
  });
});

describe('TransactionResultSchema', () => {
  it('takes a first installation that ended well', () => {
    const first = { ...aTransactionResult(), from: null, outcome: 'committed', error: null };
    expect(v.parse(TransactionResultSchema, first)).toEqual(first);
    const counted = { ...first, changed: { added: 12, changed: 0, removed: 0 } };
    expect(v.parse(TransactionResultSchema, counted)).toEqual(counted);
  });

  it.each(['preexisting', null, '1.3.0'])('takes %j for what stood there before', (from) => {
    expect(v.is(TransactionResultSchema, { ...aTransactionResult(), from })).toBe(true);
  });

  it.each([
    ['a requester outside the list', { by: 'cron' }],
    ['a kind outside the list', { kind: 'reboot' }],
    ['bytes that count in halves', { bytesFetched: 0.5 }],
    ['a version that is no version', { to: 'newest' }],
    ['a change that leaves out a count', { changed: { added: 1, changed: 0 } }],
  ])('refuses %s', (_what, change) => {
    expect(v.is(TransactionResultSchema, { ...aTransactionResult(), ...change })).toBe(false);
  });
});

describe('LogLineSchema', () => {
  it.each([
    ['info', true],
    ['warning', true],
    ['error', true],
    ['debug', false],
    ['warn', false],
  ])('answers the level %s with %j', (level, known) => {
    expect(v.is(LogLineSchema, { ...aLogLine(), level })).toBe(known);
  });
});
