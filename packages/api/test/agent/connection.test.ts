/** One real connection to an agent that answers well, badly, late or not at all. */
import { join } from 'node:path';
import { UpdateError } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { makeTempDir, type TempDir } from '../../../../test/support/temp-dir.ts';
import { openConnection, type Connection } from '../../src/agent/connection.ts';
import { startFakeAgent, type FakeAgent } from '../support/fake-agent.ts';

/** What is answered is answered long before, on the slowest machine. */
const PATIENCE_MS = 60_000;

let directory: TempDir;
let agent: FakeAgent;
let connection: Connection | undefined;
const told: unknown[] = [];
const protocolErrors: unknown[] = [];

const open = async (timeoutMs = PATIENCE_MS): Promise<Connection> => {
  connection = await openConnection({
    socketPath: join(directory.path, 'agent.sock'),
    client: 'test',
    timeoutMs,
    onNotification: (method, params) => told.push([method, params]),
    onProtocolError: (cause) => protocolErrors.push(cause),
  });
  return connection;
};

beforeEach(async () => {
  directory = await makeTempDir();
  agent = await startFakeAgent(join(directory.path, 'agent.sock'));
  told.length = 0;
  protocolErrors.length = 0;
});

afterEach(async () => {
  connection?.close();
  await agent.stop();
  await directory.remove();
});

describe('openConnection', () => {
  it('greets before anything else and keeps what the agent says of itself', async () => {
    const { hello } = await open();
    expect(agent.calls).toEqual(['agent.hello']);
    expect(hello.agent).toBe('0.9.9');
  });

  it('is unreachable when nobody listens', async () => {
    await agent.stop();
    await expectCode(open(), 'agent-unreachable');
  });

  it('is unreachable when the agent accepts but does not answer', async () => {
    agent.answer('agent.hello', () => new Promise(() => undefined));
    await expectCode(open(50), 'agent-unreachable');
  });

  it('refuses an agent with another protocol', async () => {
    const hello = { protocol: 2, agent: '2.0.0', boot: 'b', surface: 'dashboard' };
    agent.answer('agent.hello', () => hello);
    await expectCode(open(), 'incompatible-protocol');
  });

  it('passes on that the agent refuses this protocol', async () => {
    agent.answer('agent.hello', () => {
      throw new UpdateError('incompatible-protocol', 'no');
    });
    await expectCode(open(), 'incompatible-protocol');
  });

  it('gives each of several requests its own answer', async () => {
    agent.answer('update.log', (params) => params);
    const { request } = await open();
    const answers = [1, 2, 3].map((n) => request('update.log', { n }, PATIENCE_MS));
    expect(await Promise.all(answers)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('fails a request with the code and details of the agent', async () => {
    agent.answer('update.apply', () => {
      throw new UpdateError('no-space', 'no', { details: { needed: 10 } });
    });
    const { request } = await open();
    const error = await expectCode(request('update.apply', {}, PATIENCE_MS), 'no-space');
    expect(error.details).toEqual({ needed: 10 });
  });

  it('gives up a request that is not answered in time', async () => {
    agent.answer('update.status', () => new Promise(() => undefined));
    const { request } = await open();
    await expectCode(request('update.status', {}, 30), 'agent-unreachable');
  });

  it('fails every pending request when the agent hangs up', async () => {
    agent.answer('update.status', () => new Promise(() => undefined));
    const { request, closed } = await open();
    const pending = expectCode(request('update.status', {}, PATIENCE_MS), 'agent-unreachable');
    agent.hangUp();
    await pending;
    await closed;
    await expectCode(request('update.status', {}, PATIENCE_MS), 'agent-unreachable');
  });

  it('passes notifications on', async () => {
    await open();
    agent.notify('status.changed', { a: 1 });
    agent.answer('update.log', () => ({}));
    await connection?.request('update.log', {}, PATIENCE_MS);
    expect(told).toEqual([['status.changed', { a: 1 }]]);
  });

  it.each([
    ['no JSON', 'hello\n'],
    ['null', 'null\n'],
    ['a number', '42\n'],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"result":1}]\n'],
    ['another object', '{"a":1}\n'],
    ['a line that is too long', 'x'.repeat(300_000)],
  ])('ends the connection over %s', async (_what, text) => {
    const { closed } = await open();
    agent.sendRaw(text);
    await closed;
    expect(protocolErrors).toHaveLength(1);
  });

  it('ignores an answer that nobody asked for', async () => {
    agent.answer('update.log', () => 'yes');
    const { request } = await open();
    agent.sendRaw('{"jsonrpc":"2.0","id":99,"result":1}\n');
    expect(await request('update.log', {}, PATIENCE_MS)).toBe('yes');
  });
});
