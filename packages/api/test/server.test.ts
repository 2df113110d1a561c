/** A real listening server: real event streams, a reader that hangs up, and an end within bounds. */
import { createConnection } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../test/support/wait-for.ts';
import { startServer, type RunningServer } from '../src/server.ts';
import { aReleaseSummary } from '../../protocol/test/sample-documents.ts';
import { createApiFixture, type ApiFixture } from './support/api-fixture.ts';
import { readEvents } from './support/event-reader.ts';
import { settledStatus } from './support/statuses.ts';

let api: ApiFixture;
let server: RunningServer;
beforeEach(async () => {
  api = await createApiFixture();
  server = await startServer({ app: api.app, host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  api.streams.endAll();
  await server.close(100);
  await api.stop();
});

const events = async (cookie: string): Promise<Response> =>
  fetch(`${server.url}/api/update/events`, { headers: { cookie } });

const connect = async () => {
  const socket = createConnection({ port: Number(new URL(server.url).port), host: '127.0.0.1' });
  // because being cut off may look like an error from this end.
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, closed };
};

describe('startServer', () => {
  it('says where it listens, and answers there', async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
  });

  it('fails when the port is taken', async () => {
    const port = Number(new URL(server.url).port);
    const outcome = await startServer({ app: api.app, host: '127.0.0.1', port }).then(
      () => 'started',
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(outcome).toBe('EADDRINUSE');
  });

  it('delivers events as they happen', async () => {
    const reader = readEvents(await events(await api.cookie()));
    await reader.nextNamed('status');
    await waitFor('the line', () => api.agent.connections() === 1);
    api.agent.notify('status.changed', settledStatus({ revision: 50 }));
    await waitFor('revision 50', async () => (await reader.nextNamed('status')).id === 'b1:50');
    await reader.leave();
  });

  it('notices that a reader has hung up', async () => {
    const cookie = await api.cookie();
    const open = await Promise.all(Array.from({ length: 64 }, () => events(cookie)));
    expect((await events(cookie)).status).toBe(429);
    await open.pop()?.body?.cancel();
    // A slot is free again only if the stream was taken off the list.
    open.push(
      await waitFor('a free slot', async () => {
        const answer = await events(cookie);
        return answer.status === 200 && answer;
      }),
    );
    for (const answer of open) await answer.body?.cancel();
  });

  it('cuts off a reader that never reads, and stays well', async () => {
    const cookie = await api.cookie();
    const { socket, closed } = await connect();
    socket.pause();
    socket.write(`GET /api/update/events HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`);
    await waitFor('the line', () => api.agent.connections() === 1);
    const big = settledStatus({ offered: { ...aReleaseSummary(), notes: 'x'.repeat(200_000) } });
    let sentBytes = 0;
    for (let revision = 100; revision < 200; revision += 1) {
      api.agent.notify('status.changed', { ...big, revision });
      sentBytes += 200_000;
    }
    // Answered after all that came before it.
    api.agent.answer('update.log', () => ({ transaction: null, lines: [] }));
    expect((await api.get('/api/update/log')).status).toBe(200);
    let receivedBytes = 0;
    socket.on('data', (chunk: Buffer) => (receivedBytes += chunk.length));
    socket.resume();
    await closed;
    expect(receivedBytes).toBeLessThan(sentBytes);
  });

  it('ends as soon as the event streams have ended', async () => {
    const reader = readEvents(await events(await api.cookie()));
    await reader.nextNamed('status');
    api.streams.endAll();
    // Longer than the test may last.
    await server.close(3_600_000);
    await reader.rest();
  });

  it('ends within the time of grace although a client never hangs up', async () => {
    const { socket } = await connect();
    socket.write('GET /api/health HTTP/1.1\r\nHost: localh');
    await fetch(`${server.url}/api/health`);
    const startedAt = performance.now();
    await server.close(200);
    // Node by itself bears such a client for a minute.
    expect(performance.now() - startedAt).toBeLessThan(45_000);
    socket.destroy();
  });
});
