/**
 * Clients that take their time, and too many of them, against the real api: slowhttptest in its three ways, bodies that drip, and
 * more connections than there are places. They lose their connections, and somebody with good manners is served all along.
 */
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasProgram, run } from '../bench/programs.ts';
import { openScene, type Scene } from '../integration/scene.ts';
import { createApiClient } from '../support/api-client.ts';
import { waitFor } from '../support/wait-for.ts';

/** What the api takes at once (`packages/api/src/server.ts`). */
const PLACES = 2048;

const NO_CONNECTION_LEFT = /No open connections left/;
/**
 * The first two end when the api has closed all connections, or after several times what it allows. Who does not read does not
 * hear of it either: short answers lie in the kernel, which costs the api nothing.
 */
const WAYS = [
  { options: ['-H', '-i', '2', '-x', '8', '-l', '150'], end: NO_CONNECTION_LEFT },
  { options: ['-B', '-i', '2', '-s', '8192', '-t', 'POST', '-l', '150'], end: NO_CONNECTION_LEFT },
  { options: ['-X', '-n', '5', '-w', '1', '-y', '1', '-z', '1', '-k', '3', '-l', '15'], end: /./ },
];

const reason = hasProgram('slowhttptest') ? undefined : 'slowhttptest is not installed';

let scene: Scene;
let ends: string[];
beforeAll(async () => {
  ends = [];
  scene = await openScene({ onUnexpectedEnd: (which, words) => ends.push(`${which}: ${words}`) });
});
afterAll(() => scene.close());

/** Serves somebody, each time over a new connection too, until the work is done; rejects at the first refusal. */
async function whileServed<T>(work: Promise<T>): Promise<T> {
  const over = new AbortController();
  let served = 0;
  const ended = work.finally(() => over.abort());
  const use = async (): Promise<void> => {
    for (; !over.signal.aborted; served += 1) {
      expect((await scene.client.status()).current).toBe('1.0.0');
      const { status } = await fetch(`${scene.stack.apiUrl()}/api/health`, {
        headers: { connection: 'close' },
      });
      expect(status).toBe(200);
      await sleep(20);
    }
  };
  const [result] = await Promise.all([ended, use()]);
  expect(served).toBeGreaterThan(0);
  expect(ends).toEqual([]);
  return result;
}

function connect(text: string, open: Socket[]): void {
  const { hostname, port } = new URL(scene.stack.apiUrl());
  const socket = createConnection({ host: hostname, port: Number(port) });
  open.push(socket);
  // because being hung up on is what they get.
  socket.on('error', () => undefined);
  socket.resume().write(text);
}

it.skipIf(reason !== undefined)(
  `loses patience with slowhttptest${reason === undefined ? '' : ` (${reason})`}`,
  async () => {
    const url = `${scene.stack.apiUrl()}/`;
    const attack = (options: readonly string[]) =>
      run('slowhttptest', ['-c', '150', '-r', '150', '-p', '5', '-u', url, ...options]);
    const attacks = WAYS.map(async ({ options, end }) => {
      expect(await attack(options)).toMatch(end);
    });
    await whileServed(Promise.all(attacks));
  },
);

it('loses patience with bodies that drip', async () => {
  const open: Socket[] = [];
  const { host } = new URL(scene.stack.apiUrl());
  const head =
    `POST /api/session HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\n` +
    'Content-Type: application/json\r\nContent-Length: 9999\r\n\r\n';
  let answers = '';
  for (let count = 0; count < 100; count += 1) connect(head, open);
  for (const socket of open) socket.setEncoding('latin1').on('data', (text) => (answers += text));
  const drip = setInterval(() => {
    for (const socket of open) if (socket.writable) socket.write(' ');
  }, 1000);
  const gone = () => open.every(({ closed }) => closed);
  await whileServed(waitFor('them to be gone', gone, { timeoutMs: 240_000 }));
  clearInterval(drip);
  expect(answers.match(/HTTP\/1\.1 408 /g)).toHaveLength(100);
});

it.each([
  ['say nothing', ''],
  ['begin to ask', 'GET / HTTP/1.1\r\nX: '],
  ['have asked', 'GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n'],
])('has room for others among thousands that %s', async (_what, text) => {
  const open: Socket[] = [];
  const flood = async (): Promise<void> => {
    for (let count = 0; count < PLACES + 500; count += 1) {
      connect(text, open);
      if (count % 50 === 0) await sleep(5);
    }
    await waitFor('some to make way', () => open.filter(({ closed }) => closed).length >= 500);
  };
  await whileServed(flood());
  expect((await createApiClient(scene.stack.apiUrl()).get('/api/health')).status).toBe(200);
  for (const socket of open) socket.destroy();
});
