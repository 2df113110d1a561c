/** What somebody reads whose api.toml is refused, and where they are sent. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { lineOf, refusalsOf } from '../src/setting-refusal.ts';

const Schema = v.strictObject(
  {
    place: v.exactOptional(v.pipe(v.string('a place'), v.startsWith('/', 'a place'))),
    names: v.exactOptional(v.array(v.string('a name'), 'a list')),
  },
  'a table',
);

function refused(document: unknown) {
  const { issues } = v.safeParse(Schema, document);
  if (issues === undefined) throw new Error('it was taken');
  return refusalsOf(issues);
}

describe('refusalsOf', () => {
  it.each([
    [{ plaec: 'x' }, 'plaec', 'unknown key'],
    [{ place: 1 }, 'place', 'must be a place, and is 1'],
    [{ place: false }, 'place', 'must be a place, and is false'],
    [{ place: '' }, 'place', 'must be a place, and is empty'],
    [{ place: 'secret' }, 'place', 'must be a place, and is another text'],
    [{ names: 'secret' }, 'names', 'must be a list, and is a text'],
    [{ names: ['a', {}] }, 'names.1', 'must be a name, and is a table'],
    [{ names: new Date(0) }, 'names', 'must be a list, and is a date'],
    ['all of it', 'file', 'must be a table, and is a text'],
  ])('says of %j', (document, key, reason) => {
    expect(refused(document)).toEqual([{ key, reason }]);
  });

  it('names all mistakes, of each key the first', () => {
    expect(refused({ place: '', names: 1, more: 2 })).toMatchObject([
      { key: 'place' },
      { key: 'names' },
      { key: 'more' },
    ]);
  });
});

describe('lineOf', () => {
  const TEXT = ['a = 1', '# b = 2', '[t]', '  b = [', '1,', '2]', '[t.u]', 'b=3', 'c.d = 4'];

  it.each([
    ['a', 1],
    ['b', undefined],
    ['t', 3],
    ['t.b', 4],
    ['t.b.1', 4],
    ['t.u.b', 8],
    ['t.u.c.d', 9],
    ['t.x', 3],
    ['', undefined],
  ])('finds %j', (key, line) => {
    expect(lineOf(TEXT.join('\n'), key)).toBe(line);
    expect(lineOf(TEXT.join('\r\n'), key)).toBe(line);
  });
});
