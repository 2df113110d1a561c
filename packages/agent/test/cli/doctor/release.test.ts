/** The judgement on what runs. */
import { describe, expect, it } from 'vitest';
import { judgeRelease, type ReleaseFacts } from '../../../src/cli/doctor/release.ts';

const name = '1.1.0-01234567';
const well: ReleaseFacts = {
  trees: { current: name, isDangling: false, names: [name] },
  version: '1.1.0',
  previous: '1.0.0',
  isBroken: false,
  damage: undefined,
};

describe('judgeRelease', () => {
  it.each<[string, ReleaseFacts, string, string]>([
    ['whole', well, 'ok', '1.0.0 can be brought back'],
    ['without one before it', { ...well, previous: null }, 'warning', 'none to go back to'],
    [
      'gone',
      { ...well, trees: { current: name, isDangling: true, names: ['1.0.0-89abcdef'] } },
      'bad',
      'there are: 1.0.0-89abcdef',
    ],
    [
      'gone with all others',
      { ...well, trees: { current: name, isDangling: true, names: [] } },
      'bad',
      'no other release is there',
    ],
    ['of which the status is damaged', { ...well, damage: 'checksum differs' }, 'bad', 'checksum'],
    [
      'what a broken update left',
      { ...well, isBroken: true, previous: null },
      'bad',
      'neither be ended nor undone',
    ],
    [
      'not ours',
      { ...well, trees: { current: null, isDangling: false, names: [] }, version: null },
      'ok',
      'nothing was installed',
    ],
  ])('a release that is %s', (_what, facts, level, words) => {
    const verdict = judgeRelease(facts);
    expect(verdict.level).toBe(level);
    expect(verdict.found).toContain(words);
  });
});
