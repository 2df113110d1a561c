/** JSON-RPC errors, as the library throws them, back to the codes that the agent meant. */
import {
  ErrorCodeSchema,
  RPC_APPLICATION_ERROR,
  RpcErrorDataSchema,
  UpdateError,
} from '@pikit/protocol';
import * as v from 'valibot';

/** What the library itself uses for a closed connection and a failed write; used for a timeout, too. */
export const NO_ANSWER = 0;

// JSON-RPC 2.0 §5.1.
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;

const RpcErrorSchema = v.object({
  code: v.number(),
  message: v.string(),
  data: v.optional(v.unknown()),
});
type RpcError = v.InferOutput<typeof RpcErrorSchema>;

export function fromRpcError(cause: unknown): UpdateError {
  const error = v.safeParse(RpcErrorSchema, cause);
  if (!error.success) {
    return new UpdateError('incompatible-protocol', 'not a JSON-RPC answer', { cause });
  }
  switch (error.output.code) {
    case NO_ANSWER:
      return new UpdateError('agent-unreachable', 'no answer from the agent', { cause });
    case RPC_APPLICATION_ERROR:
      return fromAgent(error.output, cause);
    case INVALID_PARAMS:
      return new UpdateError('invalid-request', 'the agent refuses the parameters', { cause });
    case METHOD_NOT_FOUND:
      return new UpdateError('incompatible-protocol', 'the agent lacks the method', { cause });
    default:
      return new UpdateError('internal', 'the agent failed', { cause });
  }
}

function fromAgent(error: RpcError, cause: unknown): UpdateError {
  const data = v.safeParse(RpcErrorDataSchema, error.data);
  if (!data.success) {
    return new UpdateError('incompatible-protocol', 'an error without code', { cause });
  }
  const { details, logId } = data.output;
  // A newer agent may know codes that this api does not.
  const code = v.safeParse(ErrorCodeSchema, data.output.code);
  return new UpdateError(code.success ? code.output : 'internal', `agent: ${error.message}`, {
    cause,
    details: {
      ...details,
      ...(code.success ? {} : { agentCode: data.output.code }),
      ...(logId === null ? {} : { logId }),
    },
  });
}
