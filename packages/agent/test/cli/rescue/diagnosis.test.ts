/** What rescue makes of what it sees, as a table. */
import { StatusSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  aStatus,
  aTransactionId,
  aTransactionResult,
} from '../../../../protocol/test/sample-documents.ts';
import { actionFor, diagnose, type RescueFacts } from '../../../src/cli/rescue/diagnosis.ts';
import { aJournal } from './a-journal.ts';

const status = (changed: object) => v.parse(StatusSchema, { ...aStatus(), ...changed });
const name = '1.1.0-01234567';
const whole: RescueFacts = {
  configFault: undefined,
  agent: 'answers',
  running: undefined,
  readOnlyMount: undefined,
  journal: { kind: 'absent' },
  isStateDamaged: false,
  status: status({ current: '1.1.0', previous: '1.0.0', last_result: null }),
  trees: { current: name, isDangling: false, names: [name] },
};
const wentBack = {
  ...aTransactionResult(),
  id: aTransactionId(),
  kind: 'rollback',
  outcome: 'committed',
  from: '1.2.0',
  to: '1.1.0',
  error: null,
};

const broken = { ...wentBack, kind: 'apply', outcome: 'broken' };

describe('diagnose', () => {
  it.each<[Partial<RescueFacts>, string, string]>([
    [{}, 'whole', 'roll-back'],
    [{ agent: 'away' }, 'whole', 'roll-back'],
    [{ running: 'apply in staging', journal: aJournal() }, 'under-way', 'none'],
    [{ configFault: 'x', journal: aJournal() }, 'bad-config', 'none'],
    [{ readOnlyMount: '/', configFault: 'x' }, 'bad-config', 'none'],
    [{ readOnlyMount: '/', journal: aJournal() }, 'read-only', 'none'],
    [{ journal: aJournal() }, 'unfinished', 'recover'],
    [{ journal: { kind: 'damaged', reason: 'x' } }, 'damaged-journal', 'recover'],
    [{ trees: { ...whole.trees, isDangling: true } }, 'dangling', 'roll-back'],
    [{ isStateDamaged: true, status: undefined }, 'damaged-state', 'recover'],
    [{ status: undefined }, 'no-way-back', 'none'],
    [{ status: status({ previous: null }) }, 'no-way-back', 'none'],
    [{ status: status({ previous: null, last_result: broken }) }, 'broken', 'none'],
    [{ status: status({ previous: '1.0.0', last_result: broken }) }, 'whole', 'roll-back'],
    [{ status: status({ previous: '1.2.0', last_result: wentBack }) }, 'left-already', 'none'],
    [{ status: status({ previous: '1.0.0', last_result: wentBack }) }, 'whole', 'roll-back'],
  ])('%o is %s: %s', (changed, kind, action) => {
    const diagnosis = diagnose({ ...whole, ...changed });
    expect(diagnosis.kind).toBe(kind);
    expect(actionFor(diagnosis)).toBe(action);
  });
});
