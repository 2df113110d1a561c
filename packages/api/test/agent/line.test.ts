/** At most one connection, and what is known about reaching the agent. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { createAgentSide } from '../support/agent-side.ts';
import { startFakeAgent } from '../support/fake-agent.ts';

let directory: TempDir;

beforeEach(async () => {
  directory = await makeTempDir();
});
afterEach(() => directory.remove());

describe('createLine', () => {
  it('dials once for all who ask at the same time', async () => {
    const { line, socketPath } = createAgentSide(directory.path);
    const agent = await startFakeAgent(socketPath, { 'update.status': () => ({}) });
    const [first, second] = await Promise.all([line.open(), line.open()]);
    expect(first).toBe(second);
    expect(agent.calls.filter((call) => call === 'agent.hello')).toHaveLength(1);
    line.close();
    await agent.stop();
  });

  it('calls the agent reachable when its socket is there, without waking it', async () => {
    const { line, socketPath } = createAgentSide(directory.path);
    expect(await line.reach()).toBe('away');
    const agent = await startFakeAgent(socketPath);
    expect(await line.reach()).toBe('reachable');
    expect(agent.calls).toEqual([]);
    await agent.stop();
  });

  it('tells what a try showed, and what the next one shows', async () => {
    const { line, socketPath } = createAgentSide(directory.path);
    const told: string[] = [];
    line.listen({ onReach: (reach) => told.push(reach) });
    await expectCode(line.open(), 'agent-unreachable');
    const agent = await startFakeAgent(socketPath);
    agent.answer('agent.hello', () => ({ protocol: 9, agent: '9', boot: 'b', surface: 'admin' }));
    await expectCode(line.open(), 'incompatible-protocol');
    expect(await line.reach()).toBe('incompatible');
    agent.answer('agent.hello', () => ({ protocol: 1, agent: '1', boot: 'b', surface: 'admin' }));
    await line.open();
    expect(told).toEqual(['away', 'incompatible', 'reachable']);
    expect(line.hello()?.agent).toBe('1');
    line.close();
    await agent.stop();
  });

  it('tells a loss, but not a farewell of its own', async () => {
    const { line, socketPath } = createAgentSide(directory.path);
    const agent = await startFakeAgent(socketPath);
    let losses = 0;
    line.listen({ onLost: () => (losses += 1) });
    const first = await line.open();
    line.drop();
    await first.closed;
    expect(losses).toBe(0);
    await line.open();
    agent.hangUp();
    await waitFor('the loss', () => losses === 1);
    expect(line.isConnected()).toBe(false);
    await agent.stop();
  });

  it('stays closed', async () => {
    const { line, socketPath } = createAgentSide(directory.path);
    const agent = await startFakeAgent(socketPath);
    line.close();
    await expectCode(line.open(), 'agent-unreachable');
    await agent.stop();
  });
});
