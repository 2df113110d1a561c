/** What rescue says: every diagnosis has words for what will be done and for what comes next. */
import { StatusSchema, TransactionResultSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { aStatus, aTransactionResult } from '../../../../protocol/test/sample-documents.ts';
import type { Diagnosis, RescueFacts } from '../../../src/cli/rescue/diagnosis.ts';
import {
  describeEnd,
  describeIntent,
  describeNext,
  describeState,
} from '../../../src/cli/rescue/words.ts';
import { aJournal } from './a-journal.ts';

const name = '1.1.0-01234567';
const facts: RescueFacts = {
  configFault: undefined,
  agent: 'away',
  running: undefined,
  readOnlyMount: undefined,
  journal: aJournal(),
  isStateDamaged: false,
  status: undefined,
  trees: { current: name, isDangling: true, names: [] },
};

const ALL: readonly Diagnosis[] = [
  { kind: 'bad-config', reason: 'chanel: unknown key' },
  { kind: 'under-way', what: 'apply in staging' },
  { kind: 'read-only', mount: '/' },
  { kind: 'unfinished' },
  { kind: 'damaged-journal' },
  { kind: 'dangling' },
  { kind: 'damaged-state' },
  { kind: 'whole', previous: '1.0.0' },
  { kind: 'left-already', previous: '1.0.0' },
  { kind: 'no-way-back' },
  { kind: 'broken' },
];

describe('describeState', () => {
  it('says what is known, and what is not', () => {
    expect(describeState(facts)).toEqual([
      'agent       does not answer',
      `runs        ${name} (it is gone: the link to it leads nowhere)`,
      'unfinished  apply of 1.1.0, begun 2026-05-04T12:00:00.000Z, in staging',
      'roll back   not known',
    ]);
  });

  it('says how the last update ended', () => {
    const status = v.parse(StatusSchema, {
      ...aStatus(),
      last_result: { ...aTransactionResult(), outcome: 'broken' },
    });
    expect(describeState({ ...facts, status })[3]).toMatch(/^last result .* broken/);
  });

  it('says why a journal cannot be believed', () => {
    const journal = { kind: 'damaged', reason: 'checksum differs' } as const;
    const lines = describeState({ ...facts, journal, trees: { ...facts.trees, current: null } });
    expect(lines[2]).toContain('its record is damaged: checksum differs');
    expect(lines[1]).toContain('not from a release of the updater');
  });
});

describe('describeIntent and describeNext', () => {
  it.each(ALL)('have words for %o', (diagnosis) => {
    expect(describeIntent(diagnosis)).toMatch(/\w{3}/);
    expect(describeNext(diagnosis)).toMatch(/pikit-(rpc|agent)/);
  });

  it('do not speak of a dashboard that does not work where nothing could be done', () => {
    const whole = { kind: 'whole', previous: '1.0.0' } as const;
    expect(describeNext(whole)).toContain('If the dashboard does not work all the same');
    expect(describeNext(whole, false)).toMatch(/^Put right what is named above/);
  });
});

describe('describeEnd', () => {
  it('says how it ended', () => {
    const result = v.parse(TransactionResultSchema, aTransactionResult());
    expect(describeEnd(result)).toMatch(/^ended: /);
  });
});
