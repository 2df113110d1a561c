/**
 * One line to a JSON-RPC 2.0 request, and the error of a call that breaks that protocol. Batches are refused, because each
 * line is a message already, and notifications, because every call is answered.
 */
import { UpdateError, type ErrorDetails } from '@pikit/protocol';
import { JSONRPCErrorCode } from 'json-rpc-2.0';
import * as v from 'valibot';

/** The code is `invalid-request` for all of them; JSON-RPC 2.0 §5.1 has a number for each. */
export class RequestError extends UpdateError {
  readonly rpcCode: JSONRPCErrorCode;

  constructor(
    rpcCode: JSONRPCErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly details?: ErrorDetails },
  ) {
    super('invalid-request', message, options);
    this.rpcCode = rpcCode;
  }
}

/** An id comes back in the reply: it must be short, and the same number there as here. */
const IdSchema = v.union([
  v.pipe(v.string(), v.maxLength(100)),
  v.pipe(v.number(), v.safeInteger()),
]);

const RequestSchema = v.object({
  jsonrpc: v.literal('2.0'),
  method: v.string(),
  id: IdSchema,
  params: v.exactOptional(v.unknown()),
});

export type Request = v.InferOutput<typeof RequestSchema>;

export function parseRequest(line: string): Request {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch (cause) {
    throw new RequestError(JSONRPCErrorCode.ParseError, 'not JSON', { cause });
  }
  const parsed = v.safeParse(RequestSchema, document);
  if (parsed.success) return parsed.output;
  throw new RequestError(JSONRPCErrorCode.InvalidRequest, 'not a JSON-RPC 2.0 request');
}
