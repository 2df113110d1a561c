/** When the line is open: on demand, while held, and not when idle. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { pauseMs } from '../../src/agent/link.ts';
import { createAgentSide } from '../support/agent-side.ts';
import { startFakeAgent, type FakeAgent } from '../support/fake-agent.ts';

const answers = { 'update.status': () => ({}), 'update.log': () => 'log' };

/** What is answered is answered long before, on the slowest machine. */
const PATIENCE_MS = 60_000;

let directory: TempDir;
let side: ReturnType<typeof createAgentSide>;
let agent: FakeAgent;

beforeEach(async () => {
  directory = await makeTempDir();
  side = createAgentSide(directory.path, { idleMs: 20 });
  agent = await startFakeAgent(side.socketPath, answers);
});
afterEach(async () => {
  side.link.close();
  await agent.stop();
  await directory.remove();
});

describe('createLink', () => {
  it('connects for a request and leaves when nothing follows', async () => {
    expect(await side.link.request('update.log', {}, PATIENCE_MS)).toBe('log');
    await waitFor('the connection to be dropped', () => agent.connections() === 0);
    expect(await side.line.reach()).toBe('reachable');
  });

  it('stays while a request is under way', async () => {
    let finish: ((value: string) => void) | undefined;
    agent.answer('update.check', () => new Promise((resolve) => (finish = resolve)));
    const slow = side.link.request('update.check', {}, PATIENCE_MS);
    // Several idle times pass in the meantime.
    for (let i = 0; i < 5; i += 1) await side.link.request('update.log', {}, PATIENCE_MS);
    await waitFor('the call', () => agent.calls.includes('update.check'));
    finish?.('done');
    expect(await slow).toBe('done');
  });

  it('comes back after the agent restarted, as long as it is held', async () => {
    const release = side.link.hold();
    await waitFor('the connection', () => side.line.isConnected());
    await agent.stop();
    await waitFor('the loss to show', async () => (await side.line.reach()) === 'away');
    agent = await startFakeAgent(side.socketPath, answers);
    await waitFor('the connection to be back', () => side.line.isConnected());
    release();
    release();
    await waitFor('the connection to be dropped', () => agent.connections() === 0);
  });

  it('looks for an agent that could not be had until it is met, and then leaves it alone', async () => {
    await agent.stop();
    await expectCode(side.link.request('update.log', {}, PATIENCE_MS), 'agent-unreachable');
    expect(await side.line.reach()).toBe('away');
    agent = await startFakeAgent(side.socketPath, answers);
    await waitFor('the agent to be met', async () => (await side.line.reach()) === 'reachable');
    await waitFor('the connection to be dropped', () => agent.connections() === 0);
    expect(agent.calls.filter((call) => call === 'agent.hello')).toHaveLength(1);
  });

  it('does not come back when nobody holds it', async () => {
    await side.link.request('update.log', {}, PATIENCE_MS);
    agent.hangUp();
    await waitFor('the loss', () => !side.line.isConnected());
    const greetings = agent.calls.filter((call) => call === 'agent.hello').length;
    expect(greetings).toBe(1);
    expect(await side.link.request('update.log', {}, PATIENCE_MS)).toBe('log');
  });

  it('fails what is under way and everything later once it is closed', async () => {
    agent.answer('update.check', () => new Promise(() => undefined));
    const slow = expectCode(
      side.link.request('update.check', {}, PATIENCE_MS),
      'agent-unreachable',
    );
    await waitFor('the call', () => agent.calls.includes('update.check'));
    side.link.close();
    await slow;
    await expectCode(side.link.request('update.log', {}, PATIENCE_MS), 'agent-unreachable');
  });
});

describe('pauseMs', () => {
  it.each([
    [0, 0],
    [1, 250],
    [2, 500],
    [3, 1000],
    [20, 5000],
    [4000, 5000],
  ])('after %i failures waits %i ms', (failures, expected) => {
    expect(pauseMs(failures, { first: 250, last: 5000 })).toBe(expected);
  });
});
