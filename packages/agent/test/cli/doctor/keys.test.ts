/** The judgement on whom the device believes. */
import { describe, expect, it } from 'vitest';
import type { Place } from '../../../src/cli/device/facts.ts';
import { judgeKeys, type KeyFacts } from '../../../src/cli/doctor/keys.ts';

const directory: Place = {
  path: '/etc/pikit/keys',
  kind: 'directory',
  mode: 0o755,
  owner: 'root',
  group: 'root',
};
const place: Place = { ...directory, path: '/etc/pikit/keys/a.pub', kind: 'file', mode: 0o644 };
const good: KeyFacts = {
  directory,
  files: [{ place, id: 'AAAA' }],
  introduced: [],
  retired: [],
  damage: undefined,
};

const levels = (facts: KeyFacts) => judgeKeys(facts).map(({ level }) => level);

describe('judgeKeys', () => {
  it.each<[string, KeyFacts, readonly string[]]>([
    ['one key', good, ['ok']],
    ['no key', { ...good, files: [] }, ['warning']],
    [
      'no directory',
      { ...good, files: [], directory: { ...directory, kind: 'absent' } },
      ['warning'],
    ],
    ['a directory for all', { ...good, directory: { ...directory, mode: 0o777 } }, ['bad', 'ok']],
    [
      'a key for all',
      { ...good, files: [{ place: { ...place, mode: 0o666 }, id: 'A' }] },
      ['bad', 'ok'],
    ],
    [
      'a key of another',
      { ...good, files: [{ place: { ...place, owner: 'bob' }, id: 'A' }] },
      ['bad', 'ok'],
    ],
    ['no key in a file', { ...good, files: [{ place, id: undefined }] }, ['bad', 'warning']],
    ['a retired one', { ...good, retired: ['AAAA'] }, ['bad']],
    ['one of two retired', { ...good, introduced: ['BBBB'], retired: ['AAAA'] }, ['ok']],
    ['a damaged trust.json', { ...good, damage: 'checksum differs' }, ['bad', 'ok']],
  ])('%s', (_what, facts, expected) => {
    expect(levels(facts)).toEqual(expected);
  });

  it('names each id once, and what is said of it', () => {
    const facts = { ...good, introduced: ['AAAA', 'BBBB', 'CCCC'], retired: ['BBBB'] };
    expect(judgeKeys(facts).at(-1)?.found).toBe(
      'AAAA, BBBB (introduced by a release, retired), CCCC (introduced by a release)',
    );
  });
});
