/**
 * A client like any other, as a process of its own: it goes on calling while somebody attacks, and tells how long the longest
 * answer took. Arguments: the socket's path, and `fresh` if each call is to be a connection of its own, made again until it is
 * served. Runs until it is killed.
 */
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , path, how] = process.argv;
const HELLO = { method: 'agent.hello', params: { protocol: 1, client: 'a witness' } };
const STATUS = { method: 'update.status', params: {} };
const TURN_MS = 20;
const LONGEST_TURN_MS = 100;
const report = { calls: 0, losses: 0, slowestMs: 0 };
let connection;

/** Milliseconds in which this process had its turn: what stops the whole machine makes no answer slow. */
let awakeMs = 0;
let looked = performance.now();
setInterval(() => {
  const now = performance.now();
  awakeMs += Math.min(now - looked, LONGEST_TURN_MS);
  looked = now;
}, TURN_MS);

process.on('message', () => {
  process.send(report);
  Object.assign(report, { calls: 0, losses: 0, slowestMs: 0 });
});

for (;;) {
  const begun = awakeMs;
  while (!(await isServed())) {
    report.losses += 1;
    await sleep(50);
  }
  report.calls += 1;
  report.slowestMs = Math.max(report.slowestMs, awakeMs - begun);
  await sleep(50);
}

async function isServed() {
  try {
    if (connection === undefined || connection.destroyed) {
      connection = createConnection(path);
      connection.answers = createInterface(connection)[Symbol.asyncIterator]();
      connection.on('error', () => undefined);
      if (!(await ask(HELLO))) return false;
    }
    return await ask(STATUS);
  } catch {
    // because being hung up on is one of the things that a witness sees
    connection.destroy();
    return false;
  } finally {
    if (how === 'fresh') connection.destroy();
  }
}

/** False when it was refused or hung up on. */
async function ask(request) {
  connection.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, ...request })}\n`);
  for (;;) {
    const { value, done } = await connection.answers.next();
    if (done) return false;
    const message = JSON.parse(value);
    if (message.id === 1) {
      if (message.error !== undefined) connection.destroy();
      return message.error === undefined;
    }
  }
}
