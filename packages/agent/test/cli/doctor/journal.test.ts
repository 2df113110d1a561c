/** The judgement on what is unfinished. */
import { describe, expect, it } from 'vitest';
import { judgeJournal } from '../../../src/cli/doctor/journal.ts';
import { aJournal } from '../rescue/a-journal.ts';

const journal = aJournal();

describe('judgeJournal', () => {
  it.each([
    ['nothing', { kind: 'absent' } as const, null, 'ok'],
    ['what the agent is at', journal, journal.content.id, 'ok'],
    ['what it is not at yet', journal, null, 'warning'],
    ['what nobody is at', journal, undefined, 'bad'],
    ['what cannot be read', { kind: 'damaged', reason: 'torn' } as const, null, 'bad'],
  ])('%s', (_what, kept, running, level) => {
    expect(judgeJournal(kept, running).level).toBe(level);
  });
});
