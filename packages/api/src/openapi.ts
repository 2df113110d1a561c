/**
 * The OpenAPI document, made of the route table itself and of the schemas that check requests. It is never edited by hand:
 * docs/openapi.json is its copy, and a test compares the two.
 */
import { PROTOCOL_VERSION } from '@pikit/protocol';
import {
  toJsonSchema,
  toJsonSchemaDefs,
  type ConversionConfig,
  type JsonSchema,
} from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { DOCUMENTED, NAMED } from './documented.ts';
import { isOpen, type Access } from './auth/caller.ts';
import type { Handler } from './request.ts';

type Json = Readonly<Record<string, unknown>>;

/** A row of the route table. */
interface Row {
  readonly method: string;
  readonly path: string;
  readonly access: Access;
}

const CONVERSION = {
  target: 'draft-2020-12',
  // Names of ours that no JSON has, rules between members that no JSON Schema can tell, and what is done to an answer afterwards.
  ignoreActions: ['brand', 'check', 'to_lower_case', 'transform', 'trim'],
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
} as const satisfies ConversionConfig;

/** Of what is sent, or of what is answered: a default makes the difference. */
const schemaOf = (schema: v.GenericSchema, typeMode: 'input' | 'output'): Json =>
  withoutDialect(toJsonSchema(schema, { ...CONVERSION, typeMode, definitions: NAMED }));

/** The document says it once for all of them, and has the definitions in its own place. */
function withoutDialect(schema: JsonSchema): Json {
  const { $schema: _dialect, $defs: _definitions, ...rest } = schema;
  return rest;
}

/** `:id` in the route table. */
const PARAMETER = /:(\w+)/g;

/** The page itself is no part of it. */
const isCall = ({ path }: Pick<Row, 'path'>): boolean => !path.includes('*');

export function createOpenApi(routes: readonly Row[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes.filter(isCall)) {
    const path = route.path.replaceAll(PARAMETER, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route);
  }
  const named = toJsonSchemaDefs(NAMED, { ...CONVERSION, typeMode: 'output' });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pi-Kit Updater',
      version: String(PROTOCOL_VERSION),
      description:
        'The dashboard’s api. Requests that change something need a Content-Type of application/json, or what their body says, and an Origin of this host.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(named).map(([name, schema]) => [name, withoutDialect(schema)]),
      ),
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'pikit' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function operationOf({ method, path, access }: Row): Json {
  const known = DOCUMENTED[`${method} ${path}`];
  if (known === undefined) throw new Error(`${method} ${path} is not documented`);
  const { summary, query, body, status = 200, answer, streams } = known;
  const content =
    typeof answer === 'string'
      ? textOf(answer)
      : { 'application/json': { schema: schemaOf(answer, 'output') } };
  const inPath = [...path.matchAll(PARAMETER)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    schema: schemaOf(schema, 'input'),
  }));
  const parameters = [...inPath, ...inQuery];
  return {
    summary,
    security: securityOf(access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content:
              typeof body === 'string'
                ? { [body]: { schema: { type: 'string', format: 'binary' } } }
                : { 'application/json': { schema: schemaOf(body, 'input') } },
          },
        }),
    responses: {
      [status]: { description: DESCRIPTIONS[status], content },
      ...(streams && { 200: { description: 'Followed', content: textOf('text/event-stream') } }),
      default: {
        description: 'Refused',
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    },
  };
}

const textOf = (type: string): Json => ({ [type]: { schema: { type: 'string' } } });

const DESCRIPTIONS = { 200: 'Done', 201: 'Made', 202: 'Begun' } as const;

/** No token reaches the accounts; of another call the scope that it needs stands beside it. */
function securityOf(access: Access): readonly Json[] {
  if (isOpen(access)) return [];
  return access === 'owner' ? [{ session: [] }] : [{ session: [] }, { token: [access] }];
}

/** Made when it is first asked for. */
export function getOpenApi(routes: () => readonly Row[]): Handler {
  let text: string | undefined;
  return (c) => {
    text ??= JSON.stringify(createOpenApi(routes()));
    return c.body(text, 200, { 'content-type': 'application/json' });
  };
}
