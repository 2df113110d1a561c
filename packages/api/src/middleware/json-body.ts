/**
 * Bodies: JSON only, or a file (a cross-site form can send neither without asking first); of JSON 16 KB at most, and checked
 * against a schema. A refusal names fields, never values: one of them may be a password.
 */
import { UpdateError } from '@pikit/protocol';
import { bodyLimit } from 'hono/body-limit';
import * as v from 'valibot';
import type { ApiContext, ApiMiddleware } from '../request.ts';
import { problem } from '../problem.ts';

const MAX_BODY_BYTES = 16 * 1024;

const bodyOnly =
  (types: RegExp, what: string): ApiMiddleware =>
  async (c, next) => {
    const type = c.req.header('content-type');
    const hasBody =
      c.req.header('transfer-encoding') !== undefined ||
      Number(c.req.header('content-length') ?? 0) > 0;
    if ((hasBody || type !== undefined) && !types.test(type ?? '')) {
      throw new UpdateError('invalid-request', `body is not ${what}`, {
        details: { reason: 'content-type' },
      });
    }
    await next();
  };

export const jsonOnly = bodyOnly(/^application\/json(?:\s*;.*)?$/i, 'JSON');

/** For the one route that takes a file, whose size is that route's business. */
export const fileOnly = bodyOnly(/^application\/(?:x-tar|octet-stream)(?:\s*;.*)?$/i, 'a file');

const limited: ApiMiddleware = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: (c: ApiContext) =>
    problem(
      c,
      new UpdateError('invalid-request', 'body is too large', {
        details: { reason: 'too-large', limit: MAX_BODY_BYTES },
      }),
      413,
    ),
});

/** What it throws itself is that the body did not come: failures of what follows are told before they come up here. */
export const smallBody: ApiMiddleware = async (c, next) => {
  try {
    return await limited(c, next);
  } catch (cause) {
    throw new UpdateError('invalid-request', 'the body broke off', {
      cause,
      details: { reason: 'broke-off' },
    });
  }
};

/** Throws `invalid-request` with the names of the fields that are wrong. */
export async function readBody<S extends v.GenericSchema>(
  c: ApiContext,
  schema: S,
): Promise<v.InferOutput<S>> {
  let body: unknown;
  try {
    body = await c.req.json();
  } catch {
    // because the parser's own words quote the body, and would bring a password to the log.
    throw new UpdateError('invalid-request', 'body is not JSON', {
      details: { reason: 'not-json' },
    });
  }
  return checkInput(schema, body);
}

/** The same refusal for input that did not come as a body. */
export function checkInput<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, input);
  if (parsed.success) return parsed.output;
  const fields = [...new Set(parsed.issues.map((issue) => fieldOf(v.getDotPath(issue) ?? 'body')))];
  throw new UpdateError('invalid-request', 'input fails its schema', {
    details: { reason: 'schema', fields: fields.join(' ').slice(0, 200) },
  });
}

/** The client chose the name of a member that is unknown: only what looks like a name is told back. */
function fieldOf(path: string): string {
  return /^[\w.]{1,60}$/.test(path) ? path : '?';
}
