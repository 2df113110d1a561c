/**
 * The agent as an open dashboard finds it: it runs already and has asked for releases, and is called over its socket. What is measured
 * begins with that call and ends with what the call began; how it came to run is not.
 */
import type { Params, Status } from '@pikit/protocol';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAgent, type AgentClient } from '../../packages/agent/src/cli/client.ts';
import { describeResult } from '../../packages/agent/src/cli/print.ts';
import { API_SOCKET } from '../../packages/agent/src/core/layout.ts';
import { lastWords, startChild, type Child } from '../support/child.ts';
import { waitFor } from '../support/wait-for.ts';
import { LOOK_EVERY_MS, peakBelow, type Command, type Look, type Turn } from './measure.ts';

export type Wanted = Params<'update.apply'>;

/** Without anything wanted it asks for releases once more. */
export async function wakeAgent(
  { program, args, env = {} }: Command,
  root: string,
  wanted: Wanted | undefined,
): Promise<Turn> {
  const child = startChild({ name: 'pikit-agent', program, args, env });
  try {
    const socket = join(root, API_SOCKET);
    const client = await waitFor('the agent', () => connectAgent(socket, 'bench'));
    await client.call('update.check', {});
    const { last_result: before } = await client.call('update.status', {});
    const work = (): Promise<unknown> =>
      wanted === undefined ? client.call('update.check', {}) : apply(client, wanted, before);
    return { run: (look) => observe(child, work, look), end: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw new Error(lastWords(child), { cause: error });
  }
}

async function observe(child: Child, work: () => Promise<unknown>, look: Look) {
  const timer = setInterval(look, LOOK_EVERY_MS);
  const cpuBefore = cpuMsOf(child.pid);
  const began = performance.now();
  try {
    await work();
    const wallMs = performance.now() - began;
    return { wallMs, cpuMs: cpuMsOf(child.pid) - cpuBefore, rssMB: peakBelow(child.pid) };
  } finally {
    clearInterval(timer);
  }
}

/** Resolves at the end of the transaction. Rejects when it did not install what was wanted. */
async function apply(client: AgentClient, wanted: Wanted, before: Status['last_result']) {
  const ended = new Promise<Status['last_result']>((resolve, reject) => {
    client.on('status.changed', ({ transaction, last_result: result }) => {
      if (transaction === null && result?.id !== before?.id) resolve(result);
    });
    void client.closed.then(() => {
      reject(new Error('the agent hung up'));
    });
  });
  const [result] = await Promise.all([ended, client.call('update.apply', wanted)]);
  if (result?.outcome !== 'committed') {
    throw new Error(result === null ? 'nothing was done' : describeResult(result));
  }
}

/** Of `USER_HZ`, in which the kernel counts for programs on every architecture that there is. */
const TICK_MS = 10;

/** What it has used, and what those have that it started and waited for: utime to cstime of proc_pid_stat(5). */
function cpuMsOf(pid: number): number {
  const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const afterName = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [FIRST, LAST] = [11, 14];
  const ticks = afterName.slice(FIRST, LAST + 1).map(Number);
  return ticks.reduce((sum, one) => sum + one, 0) * TICK_MS;
}
