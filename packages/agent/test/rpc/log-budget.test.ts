/** Whoever can connect cannot fill the journal: ten lines a minute, and a count of the rest. */
import { describe, expect, it } from 'vitest';
import { createLogBudget } from '../../src/rpc/log-budget.ts';
import { createListLog } from '../support/fakes.ts';

describe('createLogBudget', () => {
  it('writes ten lines, says that it leaves out the rest, and a minute later how many', () => {
    let now = 0;
    const log = createListLog();
    const complain = createLogBudget({ clock: { monotonicMs: () => now }, log });
    const written = Array.from({ length: 1000 }, (_, n) => complain('error', `line ${n}`));
    expect(written.filter(Boolean)).toHaveLength(10);
    expect(log.lines).toHaveLength(11);
    expect(log.lines.at(9)).toBe('error: line 9');
    expect(log.lines.at(10)).toBe('warning: more such lines are left out for a minute');
    now = 59_999;
    expect(complain('info', 'too soon')).toBe(false);
    now = 60_000;
    expect(complain('info', 'again')).toBe(true);
    expect(log.lines.slice(11)).toEqual([
      'warning: 991 lines such as the next one were left out',
      'again',
    ]);
  });
});
