/**
 * One peer on one socket: lines in, replies and notifications out. It bounds what a peer may send and how far it may
 * fall behind, and whatever comes, it answers or hangs up; it never throws into the process.
 */
import {
  createLineDecoder,
  encodeLine,
  UpdateError,
  type LogLine,
  type Status,
  type TransactionId,
} from '@pikit/protocol';
import { JSONRPCServer } from 'json-rpc-2.0';
import type { Socket } from 'node:net';
import * as v from 'valibot';
import type { Log } from '../ports.ts';
import type { Caller, Dispatch } from './dispatch.ts';
import type { ErrorReply } from './error-reply.ts';

/** A reader that lets this much pile up is gone or hostile. Bytes. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;
/** Calls of one peer that may be under way at once. */
const MAX_IN_FLIGHT = 32;

/** JSON-RPC 2.0 §4, without batches (each line is a message already) and without notifications (all calls are answered). */
const RequestSchema = v.object({
  jsonrpc: v.literal('2.0'),
  method: v.string(),
  id: v.union([v.string(), v.number()]),
  params: v.exactOptional(v.unknown()),
});

export interface Feed {
  readonly onStatus: (listener: (status: Status) => void) => () => void;
  readonly onLog: (listener: (transaction: TransactionId, line: LogLine) => void) => () => void;
}

interface Needs {
  readonly dispatch: Dispatch;
  readonly errorReply: ErrorReply;
  readonly feed: Feed;
  readonly log: Log;
}

export function serveConnection(socket: Socket, caller: Caller, needs: Needs): void {
  const { dispatch, errorReply, feed, log } = needs;
  const decoder = createLineDecoder();
  const unsubscribe: (() => void)[] = [];
  let greeted = false;
  let inFlight = 0;

  const send = (message: unknown): void => {
    if (socket.destroyed) return;
    if (socket.writableLength > MAX_BACKLOG_BYTES) socket.destroy();
    else socket.write(encodeLine(message));
  };

  const notify = (method: string, params: unknown): void =>
    send({ jsonrpc: '2.0', method, params });

  const greet = (): void => {
    greeted = true;
    unsubscribe.push(
      feed.onStatus((status) => notify('status.changed', status)),
      feed.onLog((transaction, line) => notify('log.appended', { transaction, line })),
    );
  };

  const server = new JSONRPCServer<Caller>({ errorListener: () => undefined });
  server.mapErrorToJSONRPCErrorResponse = errorReply;
  server.applyMiddleware(async (_next, request) => {
    const isHello = request.method === 'agent.hello';
    if (!greeted && !isHello)
      throw new UpdateError('invalid-request', 'the first call is agent.hello');
    const result = await dispatch(request.method, request.params, caller);
    if (isHello && !greeted) greet();
    return { jsonrpc: '2.0', id: request.id ?? null, result };
  });

  const answer = async (line: string): Promise<void> => {
    const request = parseRequest(line);
    if (request === undefined) {
      send(errorReply(null, new UpdateError('invalid-request', 'not a JSON-RPC 2.0 request')));
      return;
    }
    if (inFlight >= MAX_IN_FLIGHT) {
      send(errorReply(request.id, new UpdateError('rate-limited', 'too many calls at once')));
      return;
    }
    inFlight += 1;
    try {
      const response = await server.receive(request, caller);
      if (response !== null) send(response);
    } finally {
      inFlight -= 1;
    }
  };

  socket.on('data', (chunk) => {
    try {
      for (const line of decoder.push(chunk)) {
        answer(line).catch((error: unknown) => log.error(`a reply was lost: ${String(error)}`));
      }
    } catch (error) {
      // The stream cannot be understood any further.
      socket.end(encodeLine(errorReply(null, error)));
    }
  });
  socket.on('error', (error) => log.info(`a peer went away: ${error.message}`));
  socket.on('close', () => {
    for (const stop of unsubscribe) stop();
  });
}

function parseRequest(line: string): v.InferOutput<typeof RequestSchema> | undefined {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    // because the caller answers for it, and there is nothing in the cause that the peer does not know
    return undefined;
  }
  const parsed = v.safeParse(RequestSchema, document);
  return parsed.success ? parsed.output : undefined;
}
