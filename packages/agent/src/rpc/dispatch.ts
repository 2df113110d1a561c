/**
 * The method table against the handlers: who may call, with what, and what comes back. Every call passes here, from both
 * sockets and from the foreground, so that no check can be forgotten.
 */
import {
  isMethodName,
  methods,
  UpdateError,
  type Handlers,
  type MethodName,
  type Requester,
  type Surface,
} from '@pikit/protocol';
import { JSONRPCErrorCode } from 'json-rpc-2.0';
import * as v from 'valibot';
import { RequestError } from './request.ts';

export interface Caller {
  readonly surface: Surface;
  readonly by: Requester;
}

export type Dispatch = (method: string, params: unknown, caller: Caller) => Promise<unknown>;

/** Throws `invalid-request` (unknown method, bad params), `forbidden` (an admin method on the dashboard's socket). */
export function createDispatch(handlers: Handlers<Caller>): Dispatch {
  return async (method, params, caller) => {
    if (!isMethodName(method)) {
      const name = method.slice(0, 100);
      throw new RequestError(JSONRPCErrorCode.MethodNotFound, `unknown method ${name}`, {
        details: { method: name },
      });
    }
    const { surface } = methods[method];
    if (surface === 'admin' && caller.surface !== 'admin') {
      throw new UpdateError('forbidden', `${method} is not offered here`, { details: { method } });
    }
    return call(handlers, method, params, caller);
  };
}

async function call(
  handlers: Handlers<Caller>,
  method: MethodName,
  params: unknown,
  caller: Caller,
): Promise<unknown> {
  // valibot takes an array for an object; JSON-RPC's parameters by position are not offered.
  const named = Array.isArray(params) ? undefined : (params ?? {});
  const parsed = v.safeParse(methods[method].params, named);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw badParams(method, v.getDotPath(issue) ?? 'params');
  }
  const inherited = Object.keys(Object(named)).find((name) => name in Object.prototype);
  if (inherited !== undefined) throw badParams(method, inherited);
  // The schema of just this method has accepted it; TypeScript cannot follow that through the table.
  const handler = handlers[method] as (params: unknown, caller: Caller) => Promise<unknown>;
  const result = await handler(parsed.output, caller);
  // A result that breaks the contract is our bug, and must not reach a peer that relies on it.
  return v.parse(methods[method].result, result);
}

/** `where` may be a name that the peer made up: an answer must not be as long as a question. */
function badParams(method: MethodName, where: string): RequestError {
  const name = where.slice(0, 100);
  const text = `parameters of ${method}: ${name} is missing or wrong`;
  return new RequestError(JSONRPCErrorCode.InvalidParams, text, {
    details: { method, where: name },
  });
}
