/** The judgement on what lies about. */
import { describe, expect, it } from 'vitest';
import { judgeLeftovers } from '../../../src/cli/doctor/leftovers.ts';

const none = { damagedRecords: [], keptAside: [], edited: [], halfDone: [] };

describe('judgeLeftovers', () => {
  it.each([
    ['nothing', none, ['none']],
    [
      'a record',
      { ...none, damagedRecords: ['/a.damaged'] },
      ['/a.damaged was damaged and kept aside'],
    ],
    ['what made way', { ...none, keptAside: ['/a'] }, ['/a had to make way for a release']],
    ['an edit', { ...none, edited: ['/etc/a'] }, ['/etc/a.pikit-new waits to be merged']],
    [
      'many',
      { ...none, halfDone: ['/a', '/b', '/c', '/d'] },
      ['/a, /b, /c and 1 more was left half-done'],
    ],
  ])('%s', (_what, facts, found) => {
    expect(judgeLeftovers(facts).map((verdict) => verdict.found)).toEqual(found);
  });
});
