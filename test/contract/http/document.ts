/** The OpenAPI document as a list of calls, and the judge of answers: not our own schemas, which would agree with themselves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { repositoryRoot } from '../../support/repository-root.ts';
import type { Reply } from './running-api.ts';
import type { Schema } from './schema-values.ts';

type Contents = Readonly<Record<string, { readonly schema: Schema }>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly schema: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Contents };
  readonly responses: Readonly<Record<string, { readonly content: Contents }>>;
}

export interface Call {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** By media type; empty for what takes none. */
  readonly bodies: Contents;
  readonly responses: Operation['responses'];
}

const document = JSON.parse(readFileSync(join(repositoryRoot(), 'docs/openapi.json'), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

export const CALLS: readonly Call[] = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([verb, { parameters = [], requestBody, responses }]) => {
    const method = verb.toUpperCase();
    const bodies = requestBody?.content ?? {};
    return { name: `${method} ${path}`, method, path, parameters, bodies, responses };
  }),
);

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

export function resolve(ref: string): Schema {
  const found = document.components.schemas[nameOf(ref)];
  if (found === undefined) throw new Error(`the document has no ${ref}`);
  return found;
}

const ajv = new Ajv2020({ strict: false, allErrors: false });
ajv.addSchema({ $id: 'api', ...document });

/** The document's own references are to its root, which ajv knows by this name. */
const validatorOf = (schema: Schema) =>
  ajv.compile(
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/')) as Schema,
  );
const validators = new WeakMap<Schema, ReturnType<typeof validatorOf>>();

/** What the document has against an answer; undefined when it is as it says. */
export function objection(
  { responses }: Call,
  { status, headers, text }: Reply,
): string | undefined {
  const described = responses[status] ?? (status >= 400 ? responses['default'] : undefined);
  if (described === undefined) return `no answer of the status ${status}`;
  const type = headers['content-type']?.split(';')[0] ?? '';
  const schema = described.content[type]?.schema;
  if (schema === undefined) return `no answer ${status} of the type ${type}`;
  if (!type.endsWith('json')) return undefined;
  const validate = validators.get(schema) ?? validatorOf(schema);
  validators.set(schema, validate);
  return validate(JSON.parse(text)) ? undefined : ajv.errorsText(validate.errors);
}
