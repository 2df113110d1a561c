/** One peer on a real socket: greeted first, answered always, hung up on when it cannot be understood. */
import { encodeLine, PROTOCOL_VERSION } from '@pikit/protocol';
import { createConnection, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { serveConnection } from '../../src/rpc/connection.ts';
import { createDispatch } from '../../src/rpc/dispatch.ts';
import { createDoor } from '../../src/rpc/door.ts';
import { createErrorReply } from '../../src/rpc/error-reply.ts';
import { createHandlers } from '../../src/rpc/handlers.ts';
import { listen } from '../../src/rpc/listen.ts';
import { createLogBudget } from '../../src/rpc/log-budget.ts';
import { createWorkbench, type Workbench } from '../support/workbench.ts';

interface Peer {
  readonly socket: Socket;
  readonly lines: Record<string, unknown>[];
}

let bench: Workbench;
let server: Server;
let peers: Socket[];
beforeEach(async () => {
  bench = await createWorkbench();
  peers = [];
  const { board, logs, log, clock } = bench;
  const complain = createLogBudget({ clock, log });
  const needs = {
    dispatch: createDispatch(
      createHandlers({ ...bench, agentVersion: '0.1.0', boot: 'b', pid: 1 }),
    ),
    errorReply: createErrorReply({ clock, log }),
    feed: { onStatus: board.subscribe, onLog: logs.subscribe },
    complain,
    door: createDoor({ clock, complain }),
  };
  const plan = { path: join(bench.root, 's'), umask: 0o177, fd: undefined };
  const caller = { surface: 'dashboard', by: 'dashboard' } as const;
  server = await listen(plan, (socket) => serveConnection(socket, caller, needs), log);
});
afterEach(async () => {
  for (const socket of peers) socket.destroy();
  server.close();
  await bench.close();
});

function connect(): Peer {
  const socket = createConnection(join(bench.root, 's'));
  // because whoever is hung up on while it writes hears of it twice
  socket.on('error', () => undefined);
  const lines: Record<string, unknown>[] = [];
  const reader = createInterface(socket);
  // because it repeats what the socket says
  reader.on('error', () => undefined);
  reader.on('line', (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
  peers.push(socket);
  return { socket, lines };
}

const call = (id: number, method: string, params: unknown = {}) =>
  encodeLine({ jsonrpc: '2.0', id, method, params });
const HELLO = call(1, 'agent.hello', { protocol: PROTOCOL_VERSION, client: 'test' });

async function greeted(): Promise<Peer> {
  const peer = connect();
  peer.socket.write(HELLO);
  await waitFor('the greeting', () => peer.lines.length === 1);
  return peer;
}

describe('serveConnection', () => {
  it('wants hello first', async () => {
    const { socket, lines } = connect();
    socket.write(call(1, 'update.status'));
    await waitFor('an answer', () => lines.length === 1);
    expect(lines[0]).toMatchObject({ id: 1, error: { data: { code: 'invalid-request' } } });
  });

  it('answers, and notifies of what changes', async () => {
    const { socket, lines } = await greeted();
    socket.write(call(2, 'update.status'));
    await waitFor('an answer', () => lines.length === 2);
    await bench.board.publish();
    await waitFor('a notification', () => lines.length === 3);
    expect(lines[2]).toMatchObject({ method: 'status.changed', params: { revision: 1 } });
  });

  it.each(['null', '42', '[]', '[null]', '{', '{"jsonrpc":"2.0"}', `[${HELLO.trim()}]`])(
    'answers %s with an error and lives on',
    async (line) => {
      const { socket, lines } = await greeted();
      socket.write(`${line}\n${call(2, 'update.status')}`);
      await waitFor('both answers', () => lines.length === 3);
      expect(lines[1]).toMatchObject({ id: null, error: { data: { code: 'invalid-request' } } });
      expect(lines[2]).toMatchObject({ id: 2, result: { boot: expect.any(String) } });
    },
  );

  it.each([
    ['a line without end', Buffer.alloc(300 * 1024, 'x')],
    ['invalid UTF-8', Buffer.from([0xff, 0xfe, 0x0a])],
  ])('hangs up on %s, and serves the others', async (_what, bytes) => {
    const bad = await greeted();
    const other = await greeted();
    bad.socket.write(bytes);
    await waitFor('the end', () => bad.socket.readableEnded || bad.socket.destroyed);
    expect(bad.lines.at(-1)).toMatchObject({ error: { data: { code: 'invalid-request' } } });
    other.socket.write(call(2, 'update.status'));
    await waitFor('an answer', () => other.lines.length === 2);
  });

  it('forgets a peer that left', async () => {
    const { socket } = await greeted();
    socket.destroy();
    await waitFor('the server to notice', async () => (await connections()) === 0);
    await bench.board.publish();
    expect(bench.log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('answers what came before a line that breaks the framing, and nothing after it', async () => {
    const { socket, lines } = await greeted();
    const bytes = [call(2, 'update.status'), '\u00ff\n', call(3, 'update.status')].map((text) =>
      Buffer.from(text, 'latin1'),
    );
    socket.write(Buffer.concat(bytes));
    await waitFor('the end', () => socket.readableEnded);
    expect(lines.slice(1)).toMatchObject([
      { id: 2, result: {} },
      { id: null, error: { code: -32_700 } },
    ]);
  });

  it('sends all answers to a peer that has said all it wanted to', async () => {
    const { socket, lines } = await greeted();
    const calls = Array.from({ length: 200 }, (_, n) => call(n, 'update.status'));
    socket.end(calls.join(''));
    await waitFor('the answers', () => lines.length === 201);
  });

  it('answers what writes, too, before it hangs up on a peer that has said all it wanted to', async () => {
    const { socket, lines } = await greeted();
    socket.end(call(2, 'update.check'));
    await waitFor('the end', () => socket.readableEnded);
    expect(lines).toContainEqual(expect.objectContaining({ id: 2, result: expect.any(Object) }));
  });

  it('hangs up on a peer that hears of everything and never reads', async () => {
    const socket = createConnection(join(bench.root, 's'));
    peers.push(socket);
    socket.write(HELLO);
    await waitFor('the connection', async () => (await connections()) === 1);
    const other = await greeted();
    for (let sent = 0; sent < 3000 && (await connections()) > 1; sent += 1) {
      await bench.board.beginCheck();
    }
    expect(await connections()).toBe(1);
    expect(bench.log.lines).toContain('closed a connection that does not read');
    expect(other.socket.destroyed).toBe(false);
  });

  it('does not subscribe a peer that left while it was greeted', async () => {
    let subscribed = 0;
    const watched = bench.board.subscribe;
    bench.board = {
      ...bench.board,
      subscribe: (listener) => {
        subscribed += 1;
        const stop = watched(listener);
        return () => {
          subscribed -= 1;
          stop();
        };
      },
    };
    for (let n = 0; n < 50; n += 1) {
      const socket = createConnection(join(bench.root, 's'));
      socket.on('error', () => undefined);
      socket.on('connect', () => socket.write(HELLO, () => socket.resetAndDestroy()));
    }
    await waitFor('the server to notice', async () => (await connections()) === 0);
    expect(subscribed).toBe(0);
  });
});

function connections(): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
