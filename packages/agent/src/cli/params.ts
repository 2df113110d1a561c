/** PARAMS of a method as somebody has typed them, checked before anything is sent. What can only mean one thing may be left out. */
import { isMethodName, methods, UpdateError, type MethodName, type Params } from '@pikit/protocol';
import * as v from 'valibot';
import { reasonOf } from '../core/setting-refusal.ts';

const LEFT_OUT: { readonly [M in MethodName]?: Params<M> } = {
  'update.history': { limit: 20 },
  'update.log': { transaction: null },
};

/** What a method is called with when nothing was typed. */
export function meantBy(method: string): object {
  return isMethodName(method) ? (LEFT_OUT[method] ?? {}) : {};
}

/** Where it says what to type. */
const ADVICE: Partial<Record<MethodName, string>> = {
  'update.apply': 'pikit-rpc update.status shows the command for what is offered',
  'update.cancel': 'pikit-rpc update.status names what runs',
};

/** Throws `invalid-request`. */
export function parseParams(method: MethodName, text: string | undefined): unknown {
  const parsed = v.safeParse(methods[method].params, read(method, text));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue) ?? 'object';
  const advice = ADVICE[method];
  throw new UpdateError(
    'invalid-request',
    `PARAMS of ${method}: ${where}: ${reasonOf(issue)}${advice === undefined ? '' : `; ${advice}`}`,
  );
}

function read(method: MethodName, text: string | undefined): unknown {
  if (text === undefined) return meantBy(method);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UpdateError('invalid-request', `PARAMS is not JSON: ${text}`, { cause });
  }
}
