/**
 * A slow link on the loopback interface: every connection is passed on, and all of them share one rate in each direction and wait for
 * one delay. TCP's slow start and losses are not played, so it is a better link than a real one of these figures.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Link } from './workload.ts';

const BYTES_PER_MEGABIT = 125_000;
/** What a connection may have under way: several times what the link itself holds. */
const WINDOW_BYTES = 512 * 1024;
/** Larger pieces would arrive in one go, after a pause. */
const PIECE_BYTES = 8 * 1024;

/** One direction. Times are milliseconds of any clock that does not go back. */
export interface Wire {
  /** When the last of so many bytes arrives that are handed over now, behind all that were handed over before. */
  readonly arrival: (bytes: number, now: number) => number;
}

export function createWire({ megabitsPerSecond, roundTripMs }: Link): Wire {
  let freeAt = -Infinity;
  return {
    arrival: (bytes, now) => {
      freeAt = Math.max(now, freeAt) + (bytes / (megabitsPerSecond * BYTES_PER_MEGABIT)) * 1000;
      return freeAt + roundTripMs / 2;
    },
  };
}

/** For each port a server that leads there. They share the link. */
export function createLink(link: Link, ports: readonly number[]): readonly Server[] {
  const [up, down] = [createWire(link), createWire(link)];
  return ports.map((port) =>
    createServer({ pauseOnConnect: true, allowHalfOpen: true }, (near) => {
      // A connection costs a round trip before it carries anything.
      void sleep(link.roundTripMs).then(() => join(near, port, up, down));
    }),
  );
}

function join(near: Socket, port: number, up: Wire, down: Wire): void {
  const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  for (const socket of [near, far]) socket.setNoDelay(true);
  // One end that breaks takes the other with it; the program that was cut off says so itself.
  const cut = (): void => {
    near.destroy();
    far.destroy();
  };
  for (const socket of [near, far]) socket.on('error', cut);
  Promise.all([carry(near, far, up), carry(far, near, down)]).catch(cut);
}

async function carry(from: Socket, to: Socket, wire: Wire): Promise<void> {
  const underWay: { readonly bytes: number; readonly delivered: Promise<void> }[] = [];
  let bytes = 0;
  let last = Promise.resolve();
  const chunks: AsyncIterable<Buffer> = from;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      last = deliver(last, to, piece, wire.arrival(piece.length, performance.now()));
      last.catch(() => undefined); // because it is awaited later, and not at all when the loop breaks off
      underWay.push({ bytes: piece.length, delivered: last });
      bytes += piece.length;
    }
    while (bytes > WINDOW_BYTES) {
      const first = underWay.shift();
      await first?.delivered;
      bytes -= first?.bytes ?? bytes;
    }
  }
  await last;
  to.end();
}

async function deliver(
  before: Promise<void>,
  to: Socket,
  piece: Buffer,
  arrival: number,
): Promise<void> {
  await before;
  const wait = arrival - performance.now();
  if (wait > 0) await sleep(wait);
  if (!to.write(piece)) await once(to, 'drain');
}
