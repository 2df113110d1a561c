/** What somebody reads whose file of settings is refused. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { reasonOf, refusalOf } from '../../src/core/setting-refusal.ts';

const Schema = v.strictObject({
  name: v.string(),
  probe: v.optional(v.array(v.strictObject({ url: v.string() })), []),
  after: v.optional(v.array(v.string()), []),
  keep: v.optional(v.number(), 1),
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
    [
      'what the schema says well itself',
      { name: 'a', keep: '2' },
      'keep',
      'Invalid type: Expected number but received "2"',
    ],
  ])('names %s', (_what, document, key, reason) => {
    expect(refused(document)).toMatchObject({ key, reason });
  });

  it('has a name for the whole document', () => {
    expect(refused('text').key).toBe('file');
  });
});

describe('reasonOf', () => {
  it('says the same of one issue', () => {
    expect(refused({}).alone).toBe('is missing');
  });
});
