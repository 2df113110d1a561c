/** JSON-RPC errors, as the library throws them, back to the codes that the agent meant. */
import { ErrorCodeSchema, RpcErrorDataSchema, UpdateError } from '@pikit/protocol';
import * as v from 'valibot';

/** What the library itself uses for a closed connection and a failed write; used for a timeout, too. */
export const NO_ANSWER = 0;

// JSON-RPC 2.0 §5.1.
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;

const RpcErrorSchema = v.object({
  code: v.number(),
  message: v.string(),
  data: v.optional(v.unknown()),
});
type RpcErrorData = v.InferOutput<typeof RpcErrorDataSchema>;

export function fromRpcError(cause: unknown): UpdateError {
  const error = v.safeParse(RpcErrorSchema, cause);
  if (!error.success) {
    return new UpdateError('incompatible-protocol', 'not a JSON-RPC answer', { cause });
  }
  if (error.output.code === NO_ANSWER) {
    return new UpdateError('agent-unreachable', 'no answer from the agent', { cause });
  }
  const data = v.safeParse(RpcErrorDataSchema, error.output.data);
  if (data.success) return fromAgent(error.output.message, data.output, cause);
  // Not from our agent's own hand: the number is all there is.
  switch (error.output.code) {
    case INVALID_PARAMS:
      return new UpdateError('invalid-request', 'the agent refuses the parameters', { cause });
    case INTERNAL_ERROR:
      return new UpdateError('internal', 'the agent failed', { cause });
    default:
      return new UpdateError('incompatible-protocol', 'an error without code', { cause });
  }
}

function fromAgent(message: string, { details, logId, ...data }: RpcErrorData, cause: unknown) {
  // A newer agent may know codes that this api does not.
  const code = v.safeParse(ErrorCodeSchema, data.code);
  return new UpdateError(code.success ? code.output : 'internal', `agent: ${message}`, {
    cause,
    details: {
      ...details,
      ...(code.success ? {} : { agentCode: data.code }),
      ...(logId === null ? {} : { logId }),
    },
  });
}
