/**
 * One peer on one socket: lines in, replies and notifications out. It bounds what a peer may send and how far it may
 * fall behind, and whatever comes, it answers or hangs up; it never throws into the process. What reads is answered before
 * the next line is looked at, so that no peer has more than one such call under way.
 */
import {
  createLineDecoder,
  encodeLine,
  isMethodName,
  methods,
  UpdateError,
  type LineDecoder,
  type LogLine,
  type Status,
  type TransactionId,
} from '@pikit/protocol';
import { JSONRPCErrorCode, JSONRPCServer } from 'json-rpc-2.0';
import type { Socket } from 'node:net';
import type { Caller, Dispatch } from './dispatch.ts';
import type { Door, Visitor } from './door.ts';
import type { ErrorReply } from './error-reply.ts';
import type { BoundedLog } from './log-budget.ts';
import { parseRequest, RequestError, type Request } from './request.ts';

/** A reader that lets this much pile up is gone or hostile: two of the largest replies. Bytes. */
const MAX_BACKLOG_BYTES = 512 * 1024;
/** Calls of one peer that write and may be under way at once: a check, an audit, and what somebody clicked meanwhile. */
const MAX_WRITES_IN_FLIGHT = 16;
/** The longest calls have a few hundred bytes; before the greeting there is nothing to say. */
const MAX_REQUEST_BYTES = 64 * 1024;
const MAX_GREETING_BYTES = 4 * 1024;
/** Lines that are no request, before the peer is taken for something that speaks another language. */
const MAX_FAULTS = 100;
/** After so many lines of one peer it is another's turn, though what came in one piece has thousands. */
const LINES_A_TURN = 16;
/** For a peer to read the last answer. */
const FAREWELL_MS = 1_000;

export interface Feed {
  readonly onStatus: (listener: (status: Status) => void) => () => void;
  readonly onLog: (listener: (transaction: TransactionId, line: LogLine) => void) => () => void;
}

interface Needs {
  readonly dispatch: Dispatch;
  readonly errorReply: ErrorReply;
  readonly feed: Feed;
  readonly door: Door;
  readonly complain: BoundedLog;
}

interface Peer {
  readonly socket: Socket;
  readonly caller: Caller;
  readonly visitor: Visitor;
  readonly send: (message: unknown) => void;
}

export function serveConnection(socket: Socket, caller: Caller, needs: Needs): void {
  const { door, complain } = needs;
  const visitor = door.admit(socket);
  const send = (message: unknown): void => {
    if (socket.destroyed || socket.writableEnded) return;
    if (socket.writableLength <= MAX_BACKLOG_BYTES) {
      socket.write(encodeLine(message));
      return;
    }
    complain('info', 'closed a connection that does not read');
    socket.destroy();
  };
  socket.on('error', (error) => complain('info', `a peer went away: ${error.message}`));
  // because the listener above has told why a peer went away
  converse({ socket, caller, visitor, send }, needs).catch(() => undefined);
}

/** Until the peer goes, or has to. */
async function converse(peer: Peer, needs: Needs): Promise<void> {
  const { socket, visitor } = peer;
  const { hear, quiet } = createHearing(peer, needs);
  let decoder = createLineDecoder(MAX_GREETING_BYTES);
  let isStranger = true;
  let isOver = false;
  let lines = 0;
  // Not destroyed at the end: a peer that has said all it wanted to is still to read what was answered.
  const chunks: AsyncIterable<Uint8Array> = socket.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    for (const piece of isOver ? [] : lineByLine(chunk)) {
      try {
        for (const line of decode(decoder, piece)) await hear(line);
      } catch (error) {
        // The stream cannot be understood any further.
        sayFarewell(socket, needs.errorReply(null, error));
        isOver = true;
        break;
      }
      if (isStranger && visitor.isGuest()) {
        isStranger = false;
        decoder = createLineDecoder(MAX_REQUEST_BYTES);
      }
      lines += 1;
      if (lines % LINES_A_TURN === 0) await new Promise(setImmediate);
      if (socket.writableNeedDrain) await drained(socket);
      if (socket.destroyed) return;
    }
  }
  // It may still read: what it has asked for is answered first.
  await quiet();
  socket.end();
}

interface Hearing {
  /** Answers one line. Throws when there have been too many that cannot be answered. */
  readonly hear: (line: string) => Promise<void>;
  /** Resolves when no call is under way any more. */
  readonly quiet: () => Promise<unknown>;
}

function createHearing(peer: Peer, needs: Needs): Hearing {
  const { caller, visitor, send } = peer;
  const { errorReply, complain } = needs;
  const server = createServer(peer, needs);
  const writes = new Set<Promise<void>>();
  let faults = 0;

  const answer = async (request: Request): Promise<void> => {
    const response = await server.receive(request, caller);
    if (response !== null) send(response);
  };
  const read = (line: string): Request | undefined => {
    try {
      const request = parseRequest(line);
      if (visitor.isGuest() || request.method === 'agent.hello') return request;
      const text = 'the first call is agent.hello';
      send(errorReply(request.id, new RequestError(JSONRPCErrorCode.InvalidRequest, text)));
    } catch (error) {
      send(errorReply(null, error));
    }
    faults += 1;
    if (faults < MAX_FAULTS) return undefined;
    throw new UpdateError('rate-limited', 'too many lines that are no request');
  };

  const hear = async (line: string): Promise<void> => {
    visitor.spoke();
    const request = read(line);
    if (request === undefined) return;
    if (!isWrite(request.method)) return answer(request);
    if (writes.size >= MAX_WRITES_IN_FLIGHT || !visitor.mayCall(request.method)) {
      send(errorReply(request.id, new UpdateError('rate-limited', 'too many calls')));
      return;
    }
    const write = answer(request)
      .catch((error: unknown) => void complain('error', `a reply was lost: ${String(error)}`))
      .finally(() => writes.delete(write));
    writes.add(write);
  };
  return { hear, quiet: async () => Promise.all(writes) };
}

/** Never rejects: what a handler throws becomes a reply. */
function createServer({ socket, visitor, send }: Peer, { dispatch, errorReply, feed }: Needs) {
  const notify = (method: string, params: unknown): void =>
    send({ jsonrpc: '2.0', method, params });
  const greet = (): void => {
    if (!visitor.greet()) throw new UpdateError('rate-limited', 'too many peers');
    const unsubscribe = [
      feed.onStatus((status) => notify('status.changed', status)),
      feed.onLog((transaction, line) => notify('log.appended', { transaction, line })),
    ];
    socket.once('close', () => unsubscribe.forEach((stop) => stop()));
  };
  const server = new JSONRPCServer<Caller>({ errorListener: () => undefined });
  server.mapErrorToJSONRPCErrorResponse = errorReply;
  server.applyMiddleware(async (_next, { id = null, method, params }, caller) => {
    const result = await dispatch(method, params, caller);
    if (method === 'agent.hello' && !visitor.isGuest()) greet();
    return { jsonrpc: '2.0', id, result };
  });
  return server;
}

/** A method that there is not is answered at once, as what reads. */
function isWrite(method: string): boolean {
  return isMethodName(method) && methods[method].kind === 'write';
}

/** At most one line, because a piece holds at most one line break. */
function decode(decoder: LineDecoder, piece: Uint8Array): readonly string[] {
  try {
    return decoder.push(piece);
  } catch (cause) {
    const details = cause instanceof UpdateError ? cause.details : {};
    throw new RequestError(JSONRPCErrorCode.ParseError, 'no line of text', { cause, details });
  }
}

/** So that each line is answered before the next is decoded, and those before one that breaks the framing are too. */
function* lineByLine(chunk: Uint8Array): Generator<Uint8Array> {
  for (let start = 0, end = 0; start < chunk.length; start = end) {
    end = chunk.indexOf(0x0a, start) + 1;
    if (end === 0) end = chunk.length;
    yield chunk.subarray(start, end);
  }
}

/** Resolves when the peer has read, or has gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      socket.off('drain', go).off('close', go);
      resolve();
    };
    socket.on('drain', go).on('close', go);
  });
}

/**
 * The last answer, and the end. What the peer still sends is taken and dropped for a moment: who writes to a closed socket is
 * told that, and never reads why.
 */
function sayFarewell(socket: Socket, message: unknown): void {
  socket.end(encodeLine(message));
  const patience = setTimeout(() => socket.destroy(), FAREWELL_MS);
  socket.once('close', () => clearTimeout(patience));
}
