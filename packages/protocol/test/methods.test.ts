/**
 * The method table: every example passes or is refused by its schema, each method stands on the socket and in the kind
 * that was decided for it, and no method lets a caller say how the root side does its work.
 */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  isMethodName,
  methods,
  notifications,
  RPC_APPLICATION_ERROR,
  RpcErrorDataSchema,
  type MethodName,
} from '../src/methods.ts';
import { examples, notificationExamples } from './examples.ts';
import { membersOf, openEndsOf } from './schema-walk.ts';

/** Decided here a second time on purpose: widening who may call what must be two edits. */
const DECIDED: Record<MethodName, readonly ['dashboard' | 'admin', 'read' | 'write']> = {
  'agent.hello': ['dashboard', 'read'],
  'agent.inspect': ['admin', 'read'],
  'update.apply': ['dashboard', 'write'],
  'update.auto': ['dashboard', 'write'],
  'update.cancel': ['dashboard', 'write'],
  'update.check': ['dashboard', 'write'],
  'update.downgrade': ['admin', 'write'],
  'update.history': ['dashboard', 'read'],
  'update.import': ['dashboard', 'write'],
  'update.log': ['dashboard', 'read'],
  'update.repair': ['dashboard', 'write'],
  'update.rollback': ['dashboard', 'write'],
  'update.skip': ['dashboard', 'write'],
  'update.status': ['dashboard', 'read'],
  'update.verify': ['dashboard', 'write'],
};

const TELLS_HOW =
  /^(paths?|files?|dir|directory|folder|url|uri|host|address|port|command|cmd|exec|shell|script|args?|argv|cwd|env|environment|variables?)$/;

/** `manifestPath` and `manifest_path` both count as `path`. */
function tellsHow(member: string): boolean {
  const words = member
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word) => TELLS_HOW.test(word));
}

const table = Object.entries(methods);

describe.each(table)('%s', (name, method) => {
  if (!isMethodName(name)) throw new Error(`${name} is not in its own table`);
  const { params, result } = examples[name];

  it('is on the socket and of the kind that was decided', () => {
    expect([method.surface, method.kind]).toEqual(DECIDED[name]);
  });

  it('takes the good parameters and the good result as they are', () => {
    expect(v.parse(method.params, params.good)).toEqual(params.good);
    expect(v.parse(method.result, result.good)).toEqual(result.good);
  });

  it.each(Object.entries(params.bad))('refuses parameters with %s', (_what, value) => {
    expect(v.is(method.params, value)).toBe(false);
  });

  it.each(Object.entries(result.bad))('refuses a result with %s', (_what, value) => {
    expect(v.is(method.result, value)).toBe(false);
  });

  it('has no parameter that tells the root side how to work', () => {
    expect(membersOf(method.params).filter(tellsHow)).toEqual([]);
  });

  it('has no parameter that could hold anything at all', () => {
    expect(openEndsOf(method.params)).toEqual([]);
  });
});

// Except hello: a newer client may say more in it than this agent knows.
describe.each(table.filter(([name]) => name !== 'agent.hello'))('%s', (name, { params }) => {
  it('refuses a parameter that it does not know', () => {
    const good = isMethodName(name) ? examples[name].params.good : undefined;
    expect(v.is(params, good)).toBe(true);
    expect(v.is(params, { ...good, unheard: 1 })).toBe(false);
  });
});

describe.each(Object.entries(notifications))('the notification %s', (name, schema) => {
  const { good, bad } = Object.entries(notificationExamples).find(
    ([each]) => each === name,
  )?.[1] ?? {
    good: undefined,
    bad: {},
  };

  it('takes the good example', () => {
    expect(v.parse(schema, good)).toEqual(good);
  });

  it.each(Object.entries(bad))('refuses %s', (_what, value) => {
    expect(v.is(schema, value)).toBe(false);
  });
});

describe('isMethodName', () => {
  it.each([
    'constructor',
    '__proto__',
    'toString',
    '',
    'update',
    'update.Status',
    'update.status ',
  ])('does not take %j for a method', (name) => {
    expect(isMethodName(name)).toBe(false);
  });
});

describe('the rule against telling how', () => {
  it('finds a forbidden member wherever the schema hides it', () => {
    const hidden = v.strictObject({
      list: v.array(v.nullable(v.union([v.object({ manifestPath: v.string() }), v.number()]))),
      pair: v.tuple([v.object({ base_url: v.string() })]),
      choice: v.variant('kind', [v.object({ kind: v.literal('a'), env: v.string() })]),
      piped: v.pipe(
        v.object({ argv: v.string() }),
        v.check(() => true),
      ),
    });
    expect(membersOf(hidden).filter(tellsHow)).toEqual(['manifestPath', 'base_url', 'env', 'argv']);
  });

  it('finds a parameter without a fixed shape', () => {
    const open = v.object({
      a: v.unknown(),
      b: v.record(v.string(), v.string()),
      c: v.exactOptional(v.any()),
      d: v.looseObject({}),
    });
    expect(openEndsOf(open)).toEqual(['unknown', 'record', 'any', 'loose_object']);
  });
});

describe('the error of a call', () => {
  it('has a number outside the range that JSON-RPC keeps for itself', () => {
    expect(RPC_APPLICATION_ERROR >= -32_768 && RPC_APPLICATION_ERROR <= -32_000).toBe(false);
  });

  it.each([
    ['a code of a later version', { code: 'from-the-future', details: {}, logId: null }, true],
    ['facts and a log id', { code: 'busy', details: { pid: 1, what: 'a' }, logId: 'x1' }, true],
    ['no details', { code: 'busy', logId: null }, false],
    ['no log id', { code: 'busy', details: {} }, false],
    ['details that nest', { code: 'busy', details: { a: {} }, logId: null }, false],
  ])('carrying %s is read as %j → %j', (_what, data, fine) => {
    expect(v.is(RpcErrorDataSchema, data)).toBe(fine);
  });
});
