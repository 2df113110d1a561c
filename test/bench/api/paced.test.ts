/** Latency at a fixed rate: what a server's pause does to it, and what is counted as failed. */
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { listenOn } from '../../support/listen-on.ts';
import { quantile, sendPaced } from './paced.ts';

let server: Server;
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const send = async (answer: (count: number) => Promise<number>, perSecond: number) => {
  let count = 0;
  server = createServer((_request, response) => {
    count += 1;
    void answer(count).then((status) => response.writeHead(status).end('x'.repeat(5000)));
  });
  const url = `http://127.0.0.1:${await listenOn(server, 0)}/`;
  return sendPaced({ url, headers: {}, perSecond, seconds: 1 });
};

it('asks as often as it was told, and counts what was refused', async () => {
  const { latenciesMs, failures } = await send(async (count) => (count % 2 === 0 ? 200 : 503), 60);
  expect([latenciesMs.length, failures]).toEqual([60, 30]);
  expect(latenciesMs).toEqual(latenciesMs.toSorted((one, other) => one - other));
});

it('holds a pause against every request that was due in it', async () => {
  let paused: Promise<void> | undefined;
  const { latenciesMs } = await send(async () => {
    await (paused ??= sleep(600));
    return 200;
  }, 200);
  // Who waits for an answer before the next question would have met the pause once for each connection.
  expect(latenciesMs.filter((latency) => latency > 100).length).toBeGreaterThan(80);
});

it('counts a connection that broke', async () => {
  let asked = 0;
  server = createServer((request, response) => {
    asked += 1;
    if (asked === 1) request.socket.destroy();
    else response.end();
  });
  const url = `http://127.0.0.1:${await listenOn(server, 0)}/`;
  const { failures } = await sendPaced({ url, headers: {}, perSecond: 5, seconds: 1 });
  expect(failures).toBeGreaterThan(0);
});

it('finds the value that so many do not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([50, 99, 100]);
});
