/**
 * Every attack on the dashboard's socket of the real agent. While they go on, three witnesses call: one connected to the same
 * socket, one to root's, and one that connects anew each time. In the end the agent is the same process, not much larger.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgentProcess, type AgentProcess } from './support/agent-process.ts';
import { call, connectGuest } from './support/raw-peer.ts';
import { SOCKET_ATTACKS } from './support/socket-attacks.ts';
import { countAttacks } from './tally.ts';

/** Of the highest to idle. Measured: 1.6 to 1.9. */
const MAX_RSS_RATIO = 2.5;
/** For who is connected already. */
const MAX_ANSWER_MS = 3_000;
/** For who comes while all places are taken by peers that were heard a moment ago: several times their five seconds. */
const MAX_ENTRY_MS = 20_000;
/** The budget of ten a minute for each, the agent's own start, and the checks' own lines. */
const MAX_LOG_LINES = 300;

const ReportSchema = v.object({ calls: v.number(), losses: v.number(), slowestMs: v.number() });

let agent: AgentProcess;
let idleBytes: number;
let witnesses: Readonly<Record<'same' | 'other' | 'fresh', ChildProcess>>;
let wrong = SOCKET_ATTACKS.length;

beforeAll(async () => {
  agent = await startAgentProcess();
  const peer = await connectGuest(agent.device.apiSocket);
  peer.socket.write(call(1, 'update.status').repeat(500));
  await peer.answers(500);
  idleBytes = (await agent.memory()).now;
  peer.leave();
  const { apiSocket, agentSocket } = agent.device;
  witnesses = {
    same: witness(apiSocket, 'steady'),
    other: witness(agentSocket, 'steady'),
    fresh: witness(apiSocket, 'fresh'),
  };
});
afterAll(async () => {
  for (const each of Object.values(witnesses)) each.kill();
  const { highest } = await agent.memory();
  const rssRatio = Math.round((highest / idleBytes) * 100) / 100;
  process.stderr.write(`idle ${idleBytes >> 20} MiB, highest ${highest >> 20} MiB: ${rssRatio}\n`);
  countAttacks({ kind: 'socket', attacks: SOCKET_ATTACKS.length, wrong, rssRatio });
  await agent.close();
});

function witness(path: string, how: 'steady' | 'fresh'): ChildProcess {
  return fork(fileURLToPath(new URL('support/witness.mjs', import.meta.url)), [path, how]);
}

/** Since the report before. */
async function reportOf(process: ChildProcess): Promise<v.InferOutput<typeof ReportSchema>> {
  process.send('report');
  const [report]: unknown[] = await once(process, 'message');
  return v.parse(ReportSchema, report);
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('the sockets', () => {
  it('have the modes that are their authentication', async () => {
    expect(await modeOf(agent.device.agentSocket)).toBe('600');
    expect(await modeOf(agent.device.apiSocket)).toBe('660');
  });
});

describe('a hostile peer', () => {
  it.each(SOCKET_ATTACKS)(
    'is answered as is due, and others are served: $name',
    async ({ name, run }) => {
      for (const each of Object.values(witnesses)) await reportOf(each);
      expect(await run(agent.device.apiSocket), name).toBe(true);
      const [same, other, fresh] = await Promise.all([
        reportOf(witnesses.same),
        reportOf(witnesses.other),
        reportOf(witnesses.fresh),
      ]);
      expect(agent.child.ended()).toBeUndefined();
      expect(same.slowestMs).toBeLessThan(MAX_ANSWER_MS);
      expect(other.slowestMs).toBeLessThan(MAX_ANSWER_MS);
      expect({ same: same.losses, other: other.losses }).toEqual({ same: 0, other: 0 });
      expect(fresh.slowestMs).toBeLessThan(MAX_ENTRY_MS);
      wrong -= 1;
    },
  );

  it('leaves an agent that is not much larger, and a short log', async () => {
    const { highest } = await agent.memory();
    expect(highest / idleBytes).toBeLessThan(MAX_RSS_RATIO);
    expect(agent.child.output()).toContain('more such lines are left out for a minute');
    expect(agent.child.output().split('\n').length).toBeLessThan(MAX_LOG_LINES);
  });
});
