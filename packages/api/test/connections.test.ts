/** A real server and raw sockets: who makes way, who is refused, and who is cut off by a clock that the test moves. */
import { createServer, type Server } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenOn } from '../../../test/support/listen-on.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import { guardConnections, type ConnectionLimits } from '../src/connections.ts';

const GET = 'GET / HTTP/1.1\r\nHost: pikit\r\n\r\n';

let server: Server;
let port: number;
let clock: number;
let open: Socket[];
/** What the server has received of bodies. */
let bodyBytes: number;
beforeEach(() => {
  clock = 0;
  bodyBytes = 0;
  open = [];
});
afterEach(async () => {
  for (const socket of open) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** `/` answers at once, `/endless` never ends, `/large` is more than any buffer holds; a body is read to its end before. */
async function start(limits: Partial<ConnectionLimits> = {}): Promise<void> {
  server = createServer({ requestTimeout: 0 }, (request, response) => {
    request.on('data', (chunk: Buffer) => (bodyBytes += chunk.length));
    request.on('end', () => {
      if (request.url === '/endless') response.write('begun');
      else response.end(request.url === '/large' ? Buffer.alloc(64 * 1024 * 1024) : 'fine');
    });
  });
  guardConnections(server, {
    total: 100,
    each: 100,
    isShared: () => false,
    stallMs: 30_000,
    sweepMs: 5,
    now: () => clock,
    ...limits,
  });
  port = await listenOn(server, 0);
}

interface Peer {
  readonly socket: Socket;
  readonly received: () => string;
  readonly isClosed: () => boolean;
}

async function connect(text = ''): Promise<Peer> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  open.push(socket);
  let received = '';
  socket.setEncoding('latin1').on('data', (data: string) => (received += data));
  // because being cut off may look like an error from this end.
  socket.on('error', () => undefined);
  const isClosed = () => socket.closed;
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(text);
  return { socket, received: () => received, isClosed };
}

const answered = (peer: Peer, text: string) =>
  waitFor(`"${text}" in the answer`, () => peer.received().includes(text));

/** Moves the clock until it has happened, because nobody knows when the server looks. */
const passTimeUntil = (what: string, holds: () => boolean | Promise<boolean>) =>
  waitFor(what, () => {
    clock += 31_000;
    return holds();
  });

describe('guardConnections', () => {
  it('lets the one that has been silent for the longest make way', async () => {
    await start({ total: 3 });
    const first = await connect();
    const second = await connect('GET / HT');
    const served = await connect(GET);
    await answered(served, 'fine');
    await answered(await connect(GET), 'fine');
    await waitFor('the first to go', first.isClosed);
    expect([second.isClosed(), served.isClosed()]).toEqual([false, false]);
  });

  it('refuses the newcomer, and says when to come back, while all others are served', async () => {
    await start({ total: 2 });
    const served = [
      await connect(GET.replace('/', '/endless')),
      await connect(GET.replace('/', '/endless')),
    ];
    for (const one of served) await answered(one, 'begun');
    const late = await connect(GET);
    await answered(late, 'HTTP/1.1 503 Service Unavailable');
    expect(late.received()).toContain('retry-after: 5');
    served[0]?.socket.destroy();
    await waitFor('room', async () => {
      const next = await connect(GET);
      await waitFor('an answer', () => next.received() !== '' || next.isClosed());
      return next.received().includes('fine');
    });
  });

  it.each([
    [false, 503],
    [true, 200],
  ])('limits one address by itself, unless it is a proxy (%s)', async (isProxy, status) => {
    await start({ each: 1, isShared: () => isProxy });
    await answered(await connect(GET.replace('/', '/endless')), 'begun');
    await answered(await connect(GET), `HTTP/1.1 ${status}`);
  });

  it('waits for a body as long as it moves, and no longer', async () => {
    await start();
    const head = 'POST / HTTP/1.1\r\nHost: pikit\r\nContent-Length: 100000\r\n\r\n';
    const slow = await connect(head);
    for (let sent = 0; sent < 10_000; sent += 2000) {
      slow.socket.write('x'.repeat(2000));
      await waitFor('it to arrive', () => bodyBytes >= sent + 2000);
      clock += 29_000;
    }
    expect(slow.isClosed()).toBe(false);
    await passTimeUntil('the end', slow.isClosed);
    expect(slow.received()).toContain('HTTP/1.1 408 Request Timeout');
    expect(slow.received()).toContain('"reason":"too-slow"');
  });

  it('does not wait for somebody to read an answer', async () => {
    await start();
    const { socket } = await connect(GET.replace('/', '/large'));
    socket.pause();
    await waitFor('the answer', () => socket.bytesRead > 0);
    await passTimeUntil('the end', async () => (await connectionsOf(server)) === 0);
  });

  it('leaves alone what is quiet because we have nothing to say', async () => {
    await start();
    const reader = await connect(GET.replace('/', '/endless'));
    await answered(reader, 'begun');
    const stalled = await connect('POST / HTTP/1.1\r\nHost: pikit\r\nContent-Length: 9\r\n\r\n');
    await passTimeUntil('the other one to end', stalled.isClosed);
    expect(reader.isClosed()).toBe(false);
  });

  it('answers what is no HTTP, but not into another answer', async () => {
    await start();
    const alone = await connect('NONSENSE\r\n\r\n');
    await answered(alone, 'HTTP/1.1 400 Bad Request');
    const reader = await connect(GET.replace('/', '/endless'));
    await answered(reader, 'begun');
    reader.socket.write('NONSENSE\r\n\r\n');
    await waitFor('the end', reader.isClosed);
    expect(reader.received().match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

const connectionsOf = (of: Server): Promise<number> =>
  new Promise((resolve) => of.getConnections((_error, connections) => resolve(connections)));
