/**
 * Values from a JSON Schema, and values around it: what fits, and what almost does. It understands the keywords that the api's
 * document uses; one that it does not know is an error, so that nothing is drawn too narrowly without a word.
 */
import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';

export type Schema = Readonly<Record<string, unknown>>;

/** What no schema of ours asks for, each in a form that breaks careless code. */
const odd: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 53, '', ' ', '\0', '../..', '__proto__', [], {}),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(100, 5000).map((length) => 'x'.repeat(length)),
);

const strangers = fc.constantFrom(
  'path',
  'constructor',
  '__proto__',
  'toString',
  '',
  'a b',
  '\u2028',
);

const KNOWN = new Set(
  '$ref type properties required additionalProperties items enum const anyOf pattern minimum maximum minLength maxLength minItems maxItems minProperties default'.split(
    ' ',
  ),
);

/** What the schema allows. `resolve` finds what a `$ref` names. */
export function fitting(schema: Schema, resolve: (ref: string) => Schema): Arbitrary<unknown> {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) throw new Error(`no values for the keyword ${unknown.join(', ')}`);
  const of = (part: unknown): Arbitrary<unknown> => fitting(part as Schema, resolve);
  if (typeof schema['$ref'] === 'string') return of(resolve(schema['$ref']));
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  if (Array.isArray(schema['anyOf'])) return fc.oneof(...schema['anyOf'].map(of));
  switch (schema['type']) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer({
        min: numberOf(schema, 'minimum', 0),
        max: numberOf(schema, 'maximum', 1e6),
      });
    case 'string':
      return textOf(schema);
    case 'array':
      return fc.array(of(schema['items']), {
        minLength: numberOf(schema, 'minItems', 0),
        maxLength: numberOf(schema, 'maxItems', 3),
      });
    case 'object':
      return membersOf(schema, of);
    default:
      return odd;
  }
}

/** Mostly what fits; else with one member less, more, or wrong, or another thing altogether. */
export function around(schema: Schema, resolve: (ref: string) => Schema): Arbitrary<unknown> {
  const fits = fitting(schema, resolve);
  const changed = fc
    .tuple(fits, fc.nat(), fc.constantFrom('drop', 'add', 'spoil'), strangers, odd)
    .map(([value, index, how, stranger, junk]) => change(value, index, how, stranger, junk));
  return fc.oneof({ arbitrary: fits, weight: 3 }, { arbitrary: changed, weight: 3 }, odd);
}

function change(
  value: unknown,
  index: number,
  how: string,
  stranger: string,
  junk: unknown,
): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return junk;
  const members = Object.entries(value);
  // Not by assignment: `__proto__` must become a member as JSON.parse makes it one.
  if (how === 'add') return Object.fromEntries([...members, [stranger, junk]]);
  const at = members.length === 0 ? -1 : index % members.length;
  return Object.fromEntries(
    members.flatMap(([name, member], place) => {
      if (place !== at) return [[name, member]];
      return how === 'drop' ? [] : [[name, junk]];
    }),
  );
}

function textOf(schema: Schema): Arbitrary<string> {
  const { pattern } = schema;
  if (typeof pattern === 'string') {
    const longest = numberOf(schema, 'maxLength', Infinity);
    const text = fc.stringMatching(new RegExp(pattern), { size: 'small' });
    return text.filter(({ length }) => length <= longest);
  }
  const maxLength = Math.min(numberOf(schema, 'maxLength', 40), 40);
  return fc.string({ minLength: numberOf(schema, 'minLength', 0), maxLength });
}

function membersOf(schema: Schema, of: (part: unknown) => Arbitrary<unknown>): Arbitrary<unknown> {
  const members = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const required = (schema['required'] ?? []) as string[];
  const values = Object.fromEntries(members.map(([name, member]) => [name, of(member)]));
  const fewest = numberOf(schema, 'minProperties', 0);
  const record = fc.record(values, { requiredKeys: required });
  return record.filter((drawn) => Object.keys(drawn).length >= fewest);
}

function numberOf(schema: Schema, keyword: string, otherwise: number): number {
  const value = schema[keyword];
  return typeof value === 'number' ? value : otherwise;
}
