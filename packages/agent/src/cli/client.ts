/** A connection to the agent's socket: says hello, makes calls, hears notifications. Both directions are validated. */
import {
  createLineDecoder,
  encodeLine,
  ErrorCodeSchema,
  isCompatible,
  methods,
  notifications,
  PROTOCOL_VERSION,
  RpcErrorDataSchema,
  UpdateError,
  type MethodName,
  type Notification,
  type NotificationName,
  type Params,
  type Result,
} from '@pikit/protocol';
import { isJSONRPCResponse, JSONRPCClient, JSONRPCErrorException } from 'json-rpc-2.0';
import { createConnection, type Socket } from 'node:net';
import * as v from 'valibot';

export interface AgentClient {
  /** Throws the agent's own error, or `agent-unreachable`. Calls have no deadline: the operator has Ctrl-C. */
  readonly call: <M extends MethodName>(method: M, params: Params<M>) => Promise<Result<M>>;
  /** The same for a method that is only known at run time; `params` must have passed the method's schema. */
  readonly request: (method: MethodName, params: unknown) => Promise<object>;
  readonly on: <N extends NotificationName>(
    name: N,
    listener: (params: Notification<N>) => void,
  ) => void;
  /** Resolves when the agent has hung up. */
  readonly closed: Promise<void>;
  readonly close: () => void;
}

const NotificationMessageSchema = v.object({ method: v.string(), params: v.unknown() });

/** Throws `agent-unreachable`, `forbidden` (not root), `incompatible-protocol`. */
export async function connectAgent(socketPath: string, client: string): Promise<AgentClient> {
  const socket = await open(socketPath);
  const rpc = new JSONRPCClient((request) => {
    // Nobody would answer any more, and the call would wait for ever.
    if (!socket.writable) throw new Error('the connection has ended');
    socket.write(encodeLine(request));
  });
  const listeners = new Map<string, (params: unknown) => void>();
  const decoder = createLineDecoder();

  const receive = (message: unknown): void => {
    if (isJSONRPCResponse(message)) {
      rpc.receive(message);
      return;
    }
    const parsed = v.safeParse(NotificationMessageSchema, message);
    if (parsed.success) listeners.get(parsed.output.method)?.(parsed.output.params);
  };
  socket.on('data', (chunk) => {
    try {
      for (const line of decoder.push(chunk)) receive(JSON.parse(line));
    } catch (error) {
      socket.destroy(error instanceof Error ? error : undefined);
    }
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      rpc.rejectAllPendingRequests('closed');
      resolve();
    });
  });
  // because `close` follows and rejects what is pending
  socket.on('error', () => undefined);

  const request: AgentClient['request'] = async (method, params) => {
    let answer: unknown;
    try {
      answer = await rpc.request(method, params);
    } catch (error) {
      throw toUpdateError(error);
    }
    const parsed = v.safeParse(methods[method].result, answer);
    if (parsed.success) return parsed.output;
    throw new UpdateError('internal', `the agent's answer to ${method} is not what it should be`);
  };
  // The schema of just this method has accepted the result; TypeScript cannot follow that through the table.
  const call = request as AgentClient['call'];
  try {
    await greet(call, client);
  } catch (error) {
    // An open connection would keep the program running after its last word.
    socket.destroy();
    throw error;
  }
  return {
    call,
    request,
    closed,
    on: (name, listener) => {
      listeners.set(name, (params) => {
        const parsed = v.safeParse(notifications[name], params);
        if (parsed.success) listener(parsed.output);
      });
    },
    close: () => socket.end(),
  };
}

async function greet(call: AgentClient['call'], client: string): Promise<void> {
  const { protocol } = await call('agent.hello', { protocol: PROTOCOL_VERSION, client });
  if (isCompatible(protocol)) return;
  throw new UpdateError('incompatible-protocol', 'the agent speaks another protocol version', {
    details: { ours: PROTOCOL_VERSION, theirs: protocol },
  });
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    const fail = (cause: Error): void => reject(refusal(path, cause));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** The file mode of the socket is the authentication: who may not connect may not call. */
function refusal(path: string, cause: Error): UpdateError {
  const reason = 'code' in cause ? String(cause.code) : cause.message;
  const details = { socket: path, reason };
  return reason === 'EACCES'
    ? new UpdateError('forbidden', `only root may connect to ${path}`, { cause, details })
    : new UpdateError('agent-unreachable', `the agent does not answer on ${path}`, {
        cause,
        details,
      });
}

/** What the library itself rejects with, as when we tell it that the connection has closed. */
const NO_ANSWER = 0;

function toUpdateError(error: unknown): UpdateError {
  if (!(error instanceof JSONRPCErrorException) || error.code === NO_ANSWER) {
    return new UpdateError('agent-unreachable', 'the connection to the agent broke off', {
      cause: error,
    });
  }
  const data = v.safeParse(RpcErrorDataSchema, error.data);
  const code = v.safeParse(ErrorCodeSchema, data.success ? data.output.code : undefined);
  if (!data.success || !code.success) {
    return new UpdateError('internal', `the agent answered: ${error.message}`, { cause: error });
  }
  const { details, logId } = data.output;
  return new UpdateError(code.output, error.message, {
    cause: error,
    details: logId === null ? details : { ...details, logId },
  });
}
