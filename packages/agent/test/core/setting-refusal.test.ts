/** What somebody reads whose file of settings is refused. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { reasonOf, refusalMessage, refusalOf } from '../../src/core/setting-refusal.ts';
import { table } from '../../src/core/setting-values.ts';

const Schema = v.strictObject({
  name: v.string(),
  probe: v.optional(v.array(v.strictObject({ url: v.string() })), []),
  after: v.optional(v.array(v.string()), []),
  keep: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(9)), 1),
  kind: v.optional(v.picklist(['dir', 'static']), 'dir'),
  copy: v.optional(v.boolean(), false),
  source: v.optional(
    v.variant('kind', [
      v.object({ kind: v.literal('dir') }),
      v.object({ kind: v.literal('git'), owner: v.string() }),
    ]),
    { kind: 'dir' },
  ),
  url: v.optional(v.pipe(v.string(), v.url()), 'https://example.org'),
  limits: v.optional(table({}), {}),
  entry: v.optional(v.array(table({})), []),
  unit: v.optional(v.pipe(v.string(), v.regex(/^[a-z]+$/, 'must be the name of a unit')), 'a'),
});

function refused(document: unknown) {
  const { issues } = v.safeParse(Schema, document);
  if (issues === undefined) throw new Error('it was taken');
  return { ...refusalOf(issues), alone: reasonOf(issues[0]) };
}

describe('refusalOf', () => {
  it.each([
    ['a key that is missing', {}, 'name', 'is missing'],
    ['one deeper', { name: 'a', probe: [{}] }, 'probe.0.url', 'is missing'],
    ['a misspelt key, and not that the right one is missing', { nmae: 'a' }, 'nmae', 'unknown key'],
    [
      'one table for a list of them',
      { name: 'a', probe: Object.assign(Object.create(null), { url: 'x' }) },
      'probe',
      'is a list: write [[probe]]',
    ],
    ['a text for a list', { name: 'a', after: 'web/' }, 'after', 'is a list: write ["web/"]'],
    ['a text for a number', { name: 'a', keep: '2' }, 'keep', 'must be a number, not "2"'],
    ['a number for a text', { name: 5 }, 'name', 'must be a text in quotes, not 5'],
    ['half a number', { name: 'a', keep: 1.5 }, 'keep', 'must be a whole number, not 1.5'],
    ['too little', { name: 'a', keep: 0 }, 'keep', 'must be 1 or more, not 0'],
    ['too much', { name: 'a', keep: 10 }, 'keep', 'must be 9 or less, not 10'],
    ['another word', { name: 'a', kind: 'ftp' }, 'kind', 'must be "dir" or "static", not "ftp"'],
    [
      'another kind',
      { name: 'a', source: { kind: 'ftp' } },
      'source.kind',
      'must be "dir" or "git", not "ftp"',
    ],
    ['a word for a switch', { name: 'a', copy: 'yes' }, 'copy', 'must be true or false, not "yes"'],
    [
      'no address',
      { name: 'a', url: 'here' },
      'url',
      'must be an address such as https://example.org, not "here"',
    ],
    ['a list for a table', { name: 'a', limits: [] }, 'limits', 'is a table: write [limits]'],
    [
      'a number for one of a list',
      { name: 'a', entry: [5] },
      'entry.0',
      'is a table: write [[entry]]',
    ],
    ['what has words of its own', { name: 'a', unit: '!' }, 'unit', 'must be the name of a unit'],
  ])('names %s', (_what, document, key, reason) => {
    expect(refused(document)).toMatchObject({ key, reason });
  });

  it('tells what else is wrong, the misspelt key first', () => {
    const { others } = refused({ nmae: 'a', keep: '2' });
    expect(others).toEqual([
      { key: 'name', reason: 'is missing' },
      { key: 'keep', reason: 'must be a number, not "2"' },
    ]);
  });

  it('tells of one value only the first thing that is wrong with it', () => {
    const { key, others } = refused({ name: 'a', keep: 0.5 });
    expect({ key, others }).toEqual({ key: 'keep', others: [] });
  });

  it('has a name for the whole document', () => {
    expect(refused('text').key).toBe('file');
  });
});

describe('refusalMessage', () => {
  it('has a line for each mistake', () => {
    const refusals = [
      { key: 'name', reason: 'is missing' },
      { key: 'probe.1.url', reason: 'is missing' },
    ];
    const message = refusalMessage('x.toml', '[[probe]]\nurl = "a"\n[[probe]]\n', refusals);
    expect(message).toBe('x.toml: name: is missing\nx.toml: probe 2, url: is missing (line 3)');
  });
});

describe('reasonOf', () => {
  it('says the same of one issue', () => {
    expect(refused({}).alone).toBe('is missing');
  });
});
