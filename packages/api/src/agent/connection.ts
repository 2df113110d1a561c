/**
 * One connection to the agent, from dialling to its end: lines to messages, `agent.hello` first, a time limit on each
 * request. It does not reconnect and knows nothing of methods; the only file that sees json-rpc-2.0.
 */
import { createConnection, type Socket } from 'node:net';
import {
  createLineDecoder,
  encodeLine,
  HelloResultSchema,
  isCompatible,
  PROTOCOL_VERSION,
  UpdateError,
  type Hello,
} from '@pikit/protocol';
import { createJSONRPCErrorResponse, isJSONRPCResponse, JSONRPCClient } from 'json-rpc-2.0';
import * as v from 'valibot';
import { fromRpcError, NO_ANSWER } from './rpc-error.ts';

export interface Connection {
  readonly hello: Hello;
  /** Throws the agent's `UpdateError`, or `agent-unreachable` when it did not answer in time or went away. */
  readonly request: (method: string, params: unknown, timeoutMs: number) => Promise<unknown>;
  close(): void;
  /** Resolves when the connection has ended, for whatever reason. */
  readonly closed: Promise<void>;
}

export interface ConnectionOptions {
  readonly socketPath: string;
  /** Told to the agent for its log. */
  readonly client: string;
  readonly timeoutMs: number;
  readonly onNotification: (method: string, params: unknown) => void;
  readonly onProtocolError: (cause: unknown) => void;
}

const NotificationSchema = v.object({
  jsonrpc: v.literal('2.0'),
  method: v.string(),
  params: v.unknown(),
});

/** An agent that does not read must not fill the api's memory. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;

/** Throws `agent-unreachable` or `incompatible-protocol`. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const socket = await dial(options.socketPath, options.timeoutMs);
  const rpc = new JSONRPCClient((message: unknown) => {
    if (socket.destroyed || socket.writableLength > MAX_UNSENT_BYTES) {
      throw new Error('the connection does not take messages');
    }
    socket.write(encodeLine(message));
  });
  const request = async (method: string, params: unknown, timeoutMs: number): Promise<unknown> => {
    const timed = rpc.timeout(timeoutMs, (id) =>
      createJSONRPCErrorResponse(id, NO_ANSWER, `no answer to ${method} in ${timeoutMs} ms`),
    );
    try {
      return await timed.request(method, params);
    } catch (cause) {
      throw fromRpcError(cause);
    }
  };
  const closed = listen(socket, rpc, options);
  try {
    const hello = await greet(request, options);
    return { hello, request, close: () => socket.destroy(), closed };
  } catch (cause) {
    socket.destroy();
    throw cause;
  }
}

function dial(path: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    const fail = (cause: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new UpdateError('agent-unreachable', `cannot connect to ${path}`, { cause }));
    };
    const timer = setTimeout(() => fail(new Error('connecting takes too long')), timeoutMs);
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function listen(socket: Socket, rpc: JSONRPCClient, options: ConnectionOptions): Promise<void> {
  const decoder = createLineDecoder();
  socket.on('data', (chunk) => {
    try {
      for (const line of decoder.push(chunk)) receive(JSON.parse(line), rpc, options);
    } catch (cause) {
      // A peer that breaks the framing once cannot be trusted to have found the next message.
      options.onProtocolError(cause);
      socket.destroy();
    }
  });
  return new Promise((resolve) => {
    // because `close` follows each error and does the work.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      rpc.rejectAllPendingRequests('the agent closed the connection');
      resolve();
    });
  });
}

function receive(message: unknown, rpc: JSONRPCClient, options: ConnectionOptions): void {
  const notification = v.safeParse(NotificationSchema, message);
  if (notification.success) {
    options.onNotification(notification.output.method, notification.output.params);
  } else if (isObject(message) && isJSONRPCResponse(message)) {
    rpc.receive(message);
  } else {
    throw new UpdateError('incompatible-protocol', 'the agent sent something that is no message');
  }
}

async function greet(
  request: Connection['request'],
  { client, timeoutMs }: ConnectionOptions,
): Promise<Hello> {
  const answer = await request('agent.hello', { protocol: PROTOCOL_VERSION, client }, timeoutMs);
  const hello = v.safeParse(HelloResultSchema, answer);
  if (!hello.success || !isCompatible(hello.output.protocol)) {
    throw new UpdateError('incompatible-protocol', 'the agent speaks another protocol');
  }
  return hello.output;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
