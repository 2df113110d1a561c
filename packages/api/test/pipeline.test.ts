/** Requests that are sent ahead: how many are taken, and what becomes of those that nobody can answer any more. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createConnection, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../test/support/wait-for.ts';
import { boundPipeline } from '../src/pipeline.ts';

let server: Server;
let asked: ServerResponse[];
let gone: number;
beforeEach(async () => {
  [asked, gone] = [[], 0];
  const listener = boundPipeline((_request, response) => {
    asked.push(response);
    response.once('close', () => (gone += 1));
  });
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const send = (count: number): Socket => {
  const { port } = server.address() as AddressInfo;
  const socket = createConnection(port, '127.0.0.1');
  // because to be hung up on is what some of them get.
  socket.on('error', () => undefined);
  socket.resume().write('GET / HTTP/1.1\r\nHost: pikit\r\n\r\n'.repeat(count));
  return socket;
};
const askedFor = (count: number) => waitFor('the requests', () => asked.length === count);

describe('boundPipeline', () => {
  it('takes sixteen at once, and more when those are answered', async () => {
    const socket = send(16);
    await askedFor(16);
    for (const response of asked) response.end();
    await waitFor('the answers', () => gone === 16);
    socket.write('GET / HTTP/1.1\r\nHost: pikit\r\n\r\n'.repeat(16));
    await askedFor(32);
    expect(socket.destroyed).toBe(false);
    socket.destroy();
    await waitFor('the end', () => gone === 32);
  });

  it('hangs up on who sends more, and looks at nothing else of it', async () => {
    const socket = send(1000);
    await waitFor('the end', () => socket.destroyed && gone === 16);
    expect(asked).toHaveLength(16);
  });

  it('tells every answer, not only the first, that its reader has gone', async () => {
    const socket = send(5);
    await askedFor(5);
    asked[0]?.write('begun');
    socket.destroy();
    await waitFor('all of them', () => gone === 5);
    expect(asked.every(({ destroyed }) => destroyed)).toBe(true);
  });
});
