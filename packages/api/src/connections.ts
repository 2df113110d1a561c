/**
 * Who is connected, and how long one may keep us waiting. Where there are too many, the one that has asked for nothing for the
 * longest time makes way; whoever is served must move: a body that does not come and an answer that is not read end the
 * connection. It counts bytes, and knows nothing of what they mean.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { refusalFor, refuse } from './refusal.ts';

export interface ConnectionLimits {
  readonly total: number;
  /** From one address. */
  readonly each: number;
  /** An address from which a proxy speaks for everybody: for it only the total counts. */
  readonly isShared: (address: string) => boolean;
  /** In so long `LEAST_BYTES` must get through, in whichever direction we wait. */
  readonly stallMs: number;
  /** How often that is looked at. */
  readonly sweepMs: number;
  /** Milliseconds of a clock that does not go back. */
  readonly now: () => number;
}

/** Less than any link that is worth the name, so that a long upload over a bad one goes on for as long as it moves. */
const LEAST_BYTES = 1024;

interface Held {
  readonly address: string;
  /** The latest; while it is under way, others that were sent ahead may come before it. */
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
  /** When it began, or the connection did. */
  askedAt: number;
  movedBytes: number;
  movedAt: number;
}

export function guardConnections(server: Server, limits: ConnectionLimits): void {
  const { held, hasRoom, take, release } = createPlaces(limits);

  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    if (!hasRoom(address)) return refuse(socket, 503);
    take(socket, address);
    socket.once('close', () => release(socket));
  });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const one = held.get(request.socket);
    if (one === undefined) return;
    one.exchange = { request, response };
    one.askedAt = limits.now();
    one.movedAt = one.askedAt;
  });

  server.on('clientError', (error: NodeJS.ErrnoException, stream: Duplex) => {
    const one = held.get(stream as Socket);
    if (one === undefined || mayAnswer(one)) refuse(stream, refusalFor(error));
    else stream.destroy();
  });

  const sweep = setInterval(() => {
    for (const [socket, one] of held) {
      if (!isStuck(socket, one, limits)) continue;
      if (mayAnswer(one)) refuse(socket, 408);
      else socket.destroy();
    }
  }, limits.sweepMs);
  sweep.unref();
  server.once('close', () => clearInterval(sweep));
}

/** Who has a place, and who may come. */
function createPlaces(limits: ConnectionLimits) {
  const held = new Map<Socket, Held>();
  const perAddress = new Map<string, number>();

  const release = (socket: Socket): void => {
    const { address } = held.get(socket) ?? {};
    if (!held.delete(socket) || address === undefined) return;
    const left = (perAddress.get(address) ?? 1) - 1;
    if (left === 0) perAddress.delete(address);
    else perAddress.set(address, left);
  };

  /** Of those that ask for nothing now: silent from the beginning, still writing their headers, or kept alive. */
  const longestIdle = (isCandidate: (one: Held) => boolean): Socket | undefined => {
    let found: Socket | undefined;
    let since = Infinity;
    for (const [socket, one] of held) {
      if (one.askedAt >= since || isServed(one) || !isCandidate(one)) continue;
      found = socket;
      since = one.askedAt;
    }
    return found;
  };

  const makeRoom = (isCandidate: (one: Held) => boolean): boolean => {
    const socket = longestIdle(isCandidate);
    if (socket === undefined) return false;
    release(socket);
    socket.destroy();
    return true;
  };

  return {
    held,
    release,
    hasRoom: (address: string): boolean => {
      const ownEnough = !limits.isShared(address) && (perAddress.get(address) ?? 0) >= limits.each;
      if (ownEnough) return makeRoom((one) => one.address === address);
      return held.size < limits.total || makeRoom(() => true);
    },
    take: (socket: Socket, address: string): void => {
      const now = limits.now();
      const one = { address, exchange: undefined, askedAt: now, movedBytes: 0, movedAt: now };
      held.set(socket, one);
      perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    },
  };
}

/** Answers leave in the order of the questions, so the latest is the last. */
function isServed({ exchange }: Held): boolean {
  return exchange !== undefined && !exchange.response.closed;
}

function isStuck(socket: Socket, one: Held, { stallMs, now }: ConnectionLimits): boolean {
  if (!isServed(one)) return false;
  const isAwaited = one.exchange?.request.complete === false || socket.writableLength > 0;
  const movedBytes = socket.bytesRead + socket.bytesWritten - socket.writableLength;
  if (!isAwaited || movedBytes - one.movedBytes >= LEAST_BYTES) {
    one.movedBytes = movedBytes;
    one.movedAt = now();
    return false;
  }
  return now() - one.movedAt > stallMs;
}

/** Where an answer has begun, or another one comes first (it has the socket then), a second would be taken for a part of it. */
function mayAnswer(one: Held): boolean {
  const { response } = one.exchange ?? {};
  return (
    response === undefined || response.closed || (!response.headersSent && response.socket !== null)
  );
}
