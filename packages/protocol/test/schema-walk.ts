/**
 * Walks a valibot schema as data, for the rules about what a parameter may be. It knows the containers by their members
 * (`entries`, `item`, `options` …), so a new kind of schema that holds others under a new name must be added here.
 */

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Every schema in it, itself first. */
function* walk(schema: unknown): Generator<Node> {
  if (!isNode(schema)) return;
  yield schema;
  const { entries, pipe } = schema;
  // The first item of a pipe repeats the schema that carries it.
  const piped = Array.isArray(pipe) ? pipe.slice(1) : [];
  const held: unknown[] = [
    ...(isNode(entries) ? Object.values(entries) : []),
    ...[schema['items'], schema['options']].flatMap((each): unknown[] =>
      Array.isArray(each) ? each : [],
    ),
    ...['item', 'wrapped', 'rest', 'key', 'value'].map((name) => schema[name]),
    ...piped,
  ];
  for (const each of held) {
    if (isNode(each) && each['kind'] === 'schema') yield* walk(each);
  }
}

/** The names of all object members, at any depth. */
export function membersOf(schema: unknown): readonly string[] {
  return [...walk(schema)].flatMap(({ entries }) => (isNode(entries) ? Object.keys(entries) : []));
}

/** The kinds of schema in it that let a caller send anything, under any name. */
export function openEndsOf(schema: unknown): readonly string[] {
  const open = new Set([
    'any',
    'unknown',
    'record',
    'map',
    'loose_object',
    'object_with_rest',
    'lazy',
    'custom',
  ]);
  return [...walk(schema)].map((each) => String(each['type'])).filter((type) => open.has(type));
}
