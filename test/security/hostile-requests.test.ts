/**
 * Thousands of requests that are not what they should be, to the real api: it answers with a refusal or hangs up, never with an
 * error of its own, stays the same process, and writes a log in which each line is one. Meanwhile somebody uses it.
 * A failure names the seed; `PIKIT_SEED` repeats it.
 */
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../bench/random.ts';
import { openScene, type Scene } from '../integration/scene.ts';
import { hostileRequest } from './support/hostile-requests.ts';
import { FORGED } from './support/hostile-words.ts';
import { waitFor } from '../support/wait-for.ts';

const REQUESTS = 10_000;
const AT_ONCE = 64;
/** Who gets no answer by then has nothing more to say: most of these are not whole. */
const QUIET_MS = 100;

const seed = process.env['PIKIT_SEED'] ?? String(Date.now());

let scene: Scene;
let log = '';
let ends: string[];
beforeAll(async () => {
  ends = [];
  scene = await openScene({
    onApiOutput: (text) => (log += text),
    onUnexpectedEnd: (which, words) => ends.push(`${which}: ${words}`),
  });
});
afterAll(() => scene.close());

it(`answers ${REQUESTS} hostile requests with refusals (seed ${seed})`, async () => {
  const pid = scene.stack.apiPid();
  const cookie = scene.client.cookie();
  const over = new AbortController();
  const legitimate = useIt(over.signal);
  const wrong: string[] = [];
  let sent = 0;
  let answers = 0;
  const attack = async (): Promise<void> => {
    while (sent < REQUESTS) {
      sent += 1;
      const name = `${seed} ${sent}`;
      const { shape, bytes } = hostileRequest(createRandom(name), cookie);
      const statuses = statusesIn(await exchange(bytes));
      answers += statuses.length;
      if (statuses.some((status) => status >= 500)) {
        wrong.push(
          `${name} (${shape}): ${statuses.join(' ')} for ${JSON.stringify(bytes.toString('latin1').slice(0, 300))}`,
        );
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, attack));
  over.abort();
  expect(wrong).toEqual([]);
  expect(answers).toBeGreaterThan(REQUESTS / 2);
  expect(await legitimate).toBeGreaterThan(10);
  expect([ends, scene.stack.apiPid()]).toEqual([[], pid]);
});

it('wrote one line for each thing that it had to say', async () => {
  await scene.client.get('/api/health?the-last-one');
  await waitFor(
    'the last line',
    () => log.endsWith('\n') && /GET \/api\/health 200/.test(log.slice(-300)),
  );
  const lines = log.slice(0, -1).split('\n');
  expect(lines.length).toBeGreaterThan(REQUESTS / 4);
  const broken = lines.filter(
    (line) =>
      !/^<[346]>[^\p{Cc}\p{Zl}\p{Zp}]{1,2000}$/u.test(line) || line.slice(3).startsWith(FORGED),
  );
  expect(broken).toEqual([]);
  expect(lines.filter((line) => line.startsWith('<3>'))).toEqual([]);
});

/** Rejects at the first time that somebody with good manners is not served. */
async function useIt(over: AbortSignal): Promise<number> {
  let served = 0;
  for (; !over.aborted; served += 1) {
    expect((await scene.client.status()).current).toBe('1.0.0');
    await sleep(20);
  }
  return served;
}

/** All that comes back, until the other end hangs up or has been quiet. */
function exchange(bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(scene.stack.apiUrl());
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) });
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => (received += text));
    socket.on('connect', () => socket.write(bytes));
    socket.setTimeout(QUIET_MS, () => socket.destroy());
    // because being hung up on is an answer.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}

const statusesIn = (received: string): readonly number[] =>
  [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
