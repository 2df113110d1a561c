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
  /** More than one when requests are sent ahead. */
  underWay: number;
  /** The latest of them. */
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
  movedBytes: number;
  movedAt: number;
}

export function guardConnections(server: Server, limits: ConnectionLimits): void {
  const { held, idle, hasRoom, take, release } = createPlaces(limits);

  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    if (!hasRoom(address)) return refuse(socket, 503);
    take(socket, address);
    socket.once('close', () => release(socket));
  });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const one = held.get(socket);
    if (one === undefined) return;
    idle.delete(socket);
    one.underWay += 1;
    one.exchange = { request, response };
    one.movedAt = limits.now();
    response.once('close', () => {
      one.underWay -= 1;
      if (one.underWay === 0 && held.has(socket)) idle.add(socket);
    });
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
  /** Those that ask for nothing now, the longest first: silent from the beginning, still writing their headers, or kept alive. */
  const idle = new Set<Socket>();

  const release = (socket: Socket): void => {
    const { address } = held.get(socket) ?? {};
    idle.delete(socket);
    if (!held.delete(socket) || address === undefined) return;
    const left = (perAddress.get(address) ?? 1) - 1;
    if (left === 0) perAddress.delete(address);
    else perAddress.set(address, left);
  };

  /** False when all that could make way are being served. */
  const makeRoom = (isCandidate: (socket: Socket) => boolean): boolean => {
    for (const socket of idle) {
      if (!isCandidate(socket)) continue;
      release(socket);
      socket.destroy();
      return true;
    }
    return false;
  };

  const hasRoom = (address: string): boolean => {
    const ownEnough = !limits.isShared(address) && (perAddress.get(address) ?? 0) >= limits.each;
    if (ownEnough) return makeRoom((socket) => held.get(socket)?.address === address);
    return held.size < limits.total || makeRoom(() => true);
  };

  const take = (socket: Socket, address: string): void => {
    const movedAt = limits.now();
    held.set(socket, { address, underWay: 0, exchange: undefined, movedBytes: 0, movedAt });
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    idle.add(socket);
  };
  return { held, idle, hasRoom, take, release };
}

function isStuck(socket: Socket, one: Held, { stallMs, now }: ConnectionLimits): boolean {
  if (one.underWay === 0) return false;
  const isAwaited = one.exchange?.request.complete === false || socket.writableLength > 0;
  const movedBytes = socket.bytesRead + socket.bytesWritten - socket.writableLength;
  if (!isAwaited || movedBytes - one.movedBytes >= LEAST_BYTES) {
    one.movedBytes = movedBytes;
    one.movedAt = now();
    return false;
  }
  return now() - one.movedAt > stallMs;
}

/** Where an answer has begun, or another one comes first, a second would be taken for a part of it. */
function mayAnswer({ underWay, exchange }: Held): boolean {
  return underWay === 0 || (underWay === 1 && exchange?.response.headersSent === false);
}
