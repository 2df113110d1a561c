/** Where somebody is sent whose file of settings is refused. */
import { describe, expect, it } from 'vitest';
import { lineOf, wordsOf } from '../../src/core/setting-place.ts';

describe('wordsOf', () => {
  it.each([
    ['channel', 'channel'],
    ['limits.keep', 'limits.keep'],
    ['target.0', 'target 1'],
    ['target.1.to', 'target 2, to'],
    ['service.9.after.0', 'service 10, after 1'],
    ['commands.write.0', 'commands.write 1'],
  ])('says %j as %j', (key, words) => {
    expect(wordsOf(key)).toBe(words);
  });
});

describe('lineOf', () => {
  const TEXT = [
    'a = 1',
    '# b = 2',
    '[t]',
    '  b = [',
    '1,',
    '2]',
    '[[list]]',
    'b = 3',
    '[[ list ]]',
    'c = 4',
    'b=5',
    '[t.u]',
    'c.d = 4',
  ];

  it.each([
    ['a', 1],
    ['b', undefined],
    ['t', 3],
    ['t.b.1', 4],
    ['t.x', 3],
    ['list', 7],
    ['list.0.b', 8],
    ['list.0.c', 7],
    ['list.1.b', 11],
    ['list.1', 9],
    ['list.2', 7],
    ['t.u.c.d', 13],
    ['', undefined],
  ])('finds %j', (key, line) => {
    expect(lineOf(TEXT.join('\n'), key)).toBe(line);
    expect(lineOf(TEXT.join('\r\n'), key)).toBe(line);
  });
});
