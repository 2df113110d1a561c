/** Where a snapshot comes from, and who hears of the next one. */
import { writeFile } from 'node:fs/promises';
import type { Status } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import type { FeedEvent } from '../../src/agent/status-feed.ts';
import { createAgentSide } from '../support/agent-side.ts';
import { startFakeAgent, type FakeAgent } from '../support/fake-agent.ts';
import { aLogEntry, runningStatus, settledStatus } from '../support/statuses.ts';

let directory: TempDir;
let side: ReturnType<typeof createAgentSide>;
let agent: FakeAgent | undefined;

const startAgent = async (status: () => unknown): Promise<FakeAgent> => {
  agent = await startFakeAgent(side.socketPath, { 'update.status': status });
  return agent;
};
const store = (status: Status): Promise<void> =>
  writeFile(side.stateFile, JSON.stringify({ ...status, format: 1, checksum: 'x' }));

beforeEach(async () => {
  directory = await makeTempDir();
  side = createAgentSide(directory.path, { idleMs: 20 });
});
afterEach(async () => {
  side.link.close();
  await agent?.stop();
  agent = undefined;
  await directory.remove();
});

describe('current', () => {
  it('reads the disk and lets the agent sleep', async () => {
    const { calls } = await startAgent(() => settledStatus());
    await store(settledStatus({ revision: 3 }));
    expect(await side.feed.current()).toEqual({
      ...settledStatus({ revision: 3 }),
      agent: 'reachable',
    });
    expect(calls).toEqual([]);
  });

  it.each([
    ['shows a running transaction', () => store(runningStatus())],
    ['shows a running check', () => store(settledStatus({ checking: true }))],
    ['is damaged', () => writeFile(side.stateFile, '{')],
    ['is absent', () => Promise.resolve()],
  ])('asks the agent when the file %s', async (_what, prepare) => {
    await prepare();
    await startAgent(() => settledStatus({ revision: 9 }));
    expect(await side.feed.current()).toEqual({
      ...settledStatus({ revision: 9 }),
      agent: 'reachable',
    });
  });

  it('shows what the disk says while the agent is away, and that it is away', async () => {
    await store(runningStatus());
    expect(await side.feed.current()).toEqual({ ...runningStatus(), agent: 'away' });
  });

  it('recovers by itself once the agent is back', async () => {
    await store(settledStatus());
    expect((await side.feed.current()).agent).toBe('away');
    await startAgent(() => settledStatus({ revision: 9 }));
    expect(await side.feed.current()).toEqual({
      ...settledStatus({ revision: 9 }),
      agent: 'reachable',
    });
  });

  it('says that the agent speaks another protocol', async () => {
    await store(runningStatus());
    const foreign = await startAgent(() => settledStatus());
    foreign.answer('agent.hello', () => ({ protocol: 2, agent: '2', boot: 'b', surface: 'admin' }));
    expect((await side.feed.current()).agent).toBe('incompatible');
  });

  it('fails when nobody and nothing can tell', async () => {
    await expectCode(side.feed.current(), 'agent-unreachable');
  });
});

describe('peek', () => {
  it('never wakes the agent', async () => {
    const { calls } = await startAgent(() => settledStatus());
    expect(await side.feed.peek()).toEqual({ status: undefined, agent: 'reachable' });
    await store(runningStatus());
    expect(await side.feed.peek()).toEqual({ status: runningStatus(), agent: 'reachable' });
    expect(calls).toEqual([]);
  });
});

describe('subscribe', () => {
  it('hears snapshots and log lines in their order, and nothing after leaving', async () => {
    const fake = await startAgent(() => settledStatus());
    const heard: FeedEvent[] = [];
    const leave = side.feed.subscribe((event) => heard.push(event));
    await waitFor('the first snapshot', () => heard.length === 1);
    fake.notify('status.changed', settledStatus({ revision: 8 }));
    fake.notify('log.appended', aLogEntry());
    fake.notify('status.changed', settledStatus({ revision: 6 }));
    fake.notify('something.new', {});
    await waitFor('the log line', () => heard.length === 3);
    expect(heard.map(({ kind }) => kind)).toEqual(['status', 'status', 'log']);
    leave();
    await waitFor('the agent to be left alone', () => fake.connections() === 0);
    expect(heard).toHaveLength(3);
  });

  it('hears the agent go and come back, with a snapshot of the new one', async () => {
    const first = await startAgent(() => settledStatus());
    const heard: FeedEvent[] = [];
    side.feed.subscribe((event) => heard.push(event));
    await waitFor('the first snapshot', () => heard.length === 1);
    await first.stop();
    await waitFor('the farewell', () => heard.length === 2);
    await startAgent(() => settledStatus({ boot: 'b2', revision: 1 }));
    await waitFor('the new snapshot', () => heard.length === 4);
    expect(heard.slice(1, 3)).toEqual([
      { kind: 'agent', agent: 'away' },
      { kind: 'agent', agent: 'reachable' },
    ]);
    expect(heard[3]).toMatchObject({ kind: 'status', status: { boot: 'b2' } });
  });

  it('holds the line by itself while a transaction runs', async () => {
    let status = runningStatus();
    const fake = await startAgent(() => status);
    await side.feed.current();
    fake.hangUp();
    const greeted = () => fake.calls.filter((call) => call === 'agent.hello').length;
    await waitFor('the line to come back', () => greeted() === 2);
    // Whichever comes first, the answer over the new line or the notification, says that the transaction has ended.
    status = settledStatus({ revision: 20 });
    fake.notify('status.changed', status);
    await waitFor('the line to be dropped', () => fake.connections() === 0);
  });
});
