/** Verdicts as lines, and when a person is needed. */
import { describe, expect, it } from 'vitest';
import { bad, describeVerdict, needsPerson, ok, warning } from '../../../src/cli/doctor/verdict.ts';

describe('describeVerdict', () => {
  it.each([
    [ok('disk', 'enough'), 'ok       disk       enough'],
    [warning('clock', 'not set', 'set it'), 'warning  clock      not set -> set it'],
    [bad('api', 'away', 'restart it'), 'bad      api        away -> restart it'],
  ])('says %j in one line', (verdict, line) => {
    expect(describeVerdict(verdict)).toBe(line);
  });
});

describe('needsPerson', () => {
  it('is true for what is bad alone', () => {
    expect(needsPerson([ok('a', 'b'), warning('a', 'b', 'c')])).toBe(false);
    expect(needsPerson([ok('a', 'b'), bad('a', 'b', 'c')])).toBe(true);
  });
});
