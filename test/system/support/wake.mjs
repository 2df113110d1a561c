#!/usr/bin/node
/**
 * Says as one line of JSON how long the agent took from the opening of its socket to its first answer, and how long a Node takes
 * that does nothing, in milliseconds.
 */
import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';

const HELLO = {
  jsonrpc: '2.0',
  id: 1,
  method: 'agent.hello',
  params: { protocol: 1, client: 'wake' },
};

const began = performance.now();
const socket = connect('/run/pikit/agent.sock');
socket.write(
  `${JSON.stringify({ ...HELLO, params: { ...HELLO.params, protocol: Number(process.argv[2]) } })}\n`,
);
await new Promise((resolve, reject) => socket.once('data', resolve).once('error', reject));
const wakeMs = performance.now() - began;
socket.destroy();
const before = performance.now();
spawnSync(process.execPath, ['-e', '0']);
process.stdout.write(`${JSON.stringify({ wakeMs, nodeMs: performance.now() - before })}\n`);
