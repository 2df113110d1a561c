/** The operator's end of the socket: good answers arrive, bad ones get a code, and no call waits for an agent that is gone. */
import { encodeLine, StatusSchema, type LogLine, type Status } from '@pikit/protocol';
import { writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { aLogLine, aStatus, aTransactionId } from '../../../protocol/test/sample-documents.ts';
import { connectAgent, type AgentClient } from '../../src/cli/client.ts';
import { refusal, withStubAgent, type Answer, type StubAgent } from '../support/stub-agent.ts';

const STATUS = v.parse(StatusSchema, aStatus());

/** A client of an agent that gives this one answer to `update.status`. */
function withClient(
  answer: Answer,
  work: (client: AgentClient, agent: StubAgent) => Promise<unknown>,
): Promise<void> {
  return withStubAgent({ 'update.status': () => answer }, async (agent, socket) => {
    const client = await connectAgent(socket, 'a test');
    try {
      await work(client, agent);
    } finally {
      client.close();
    }
  });
}

const hello = (patch: object): Answer => ({
  result: { protocol: 1, agent: '0.1.0', boot: 'b1', surface: 'admin', ...patch },
});

/** To the call with this number, marked so that it can be told from others. */
const answerTo = (id: number, boot: string): string =>
  encodeLine({ jsonrpc: '2.0', id, result: { ...aStatus(), boot } });

describe('connectAgent', () => {
  it('says hello first, with the protocol and its own name', () =>
    withClient({ result: aStatus() }, async (client, agent) => {
      await client.call('update.status', {});
      expect(agent.calls).toMatchObject([
        { method: 'agent.hello', params: { protocol: 1, client: 'a test' } },
        { method: 'update.status', params: {} },
      ]);
    }));

  it.each([
    ['a refusal', 'incompatible-protocol', refusal('incompatible-protocol', { ours: 2 })],
    ['another protocol', 'incompatible-protocol', hello({ protocol: 2 })],
    ['a surface that there is not', 'internal', hello({ surface: 'all' })],
    ['its own end', 'agent-unreachable', 'hang-up'],
    ['the words of another protocol', 'agent-unreachable', { raw: 'HTTP/1.1 400 Bad Request\r\n' }],
    ['a line without end', 'agent-unreachable', { raw: 'x'.repeat(300_000) }],
  ] as const)('takes %s for a greeting as %s, and hangs up', (_what, code, answer) =>
    withStubAgent({ 'agent.hello': () => answer }, async (agent, socket) => {
      await expectCode(connectAgent(socket, 'a test'), code);
      await agent.deserted();
    }),
  );

  it('says where no agent answers, and why', () =>
    withTempDir(async (directory) => {
      await writeFile(`${directory}/file`, '');
      for (const [name, reason] of [
        ['none', 'ENOENT'],
        ['file', 'ECONNREFUSED'],
      ] as const) {
        const socket = `${directory}/${name}`;
        const error = await expectCode(connectAgent(socket, 'a test'), 'agent-unreachable');
        expect(error.details).toEqual({ socket, reason });
        expect(error.cause).toBeInstanceOf(Error);
      }
    }));
});

describe('call and request', () => {
  it('resolve with the result', () =>
    withClient({ result: aStatus() }, async (client) => {
      expect(await client.call('update.status', {})).toEqual(STATUS);
      expect(await client.request('update.status', {})).toEqual(STATUS);
    }));

  it('leave out what a later agent adds', () =>
    withClient({ result: { ...aStatus(), rollout: 10 } }, async (client) => {
      expect(await client.call('update.status', {})).toEqual(STATUS);
    }));

  it('throw what the agent refuses with, and the number under which it logged it', () =>
    withStubAgent(
      {
        'update.check': () => refusal('busy', { what: 'installing 1.4.0', pid: 812 }),
        'update.status': () => refusal('internal', {}, '0a1b2c3d'),
      },
      async (_agent, socket) => {
        const client = await connectAgent(socket, 'a test');
        const busy = await expectCode(client.call('update.check', {}), 'busy');
        expect(busy.details).toEqual({ what: 'installing 1.4.0', pid: 812 });
        const bug = await expectCode(client.call('update.status', {}), 'internal');
        expect(bug.details).toEqual({ logId: '0a1b2c3d' });
      },
    ));

  it.each([-32_700, -32_600, -32_601, -32_602])(
    'believe the code of the agent rather than the number %i',
    (code) => {
      const data = { code: 'invalid-request', details: { method: 'x' }, logId: null };
      return withClient({ error: { code, message: 'no', data } }, async (client) => {
        const error = await expectCode(client.call('update.status', {}), 'invalid-request');
        expect(error.details).toEqual({ method: 'x' });
      });
    },
  );

  it.each([
    ['a code of a later agent', refusal('quota-exceeded')],
    ['an error without data', { error: { code: -32_601, message: 'Method not found' } }],
    ['data that is none of ours', { error: { message: 'busy', data: 'busy' } }],
    ['a result that is not what it should be', { result: { ...aStatus(), revision: 'seven' } }],
    ['no result', { result: null }],
  ])('throw internal for %s', (_what, answer: Answer) =>
    withClient(answer, (client) => expectCode(client.call('update.status', {}), 'internal')),
  );

  it.each([
    ['hangs up', 'hang-up'],
    ['sends what is not JSON', { raw: '<html>\n' }],
    ['sends null', { raw: 'null\n' }],
    ['sends a line without end', { raw: 'x'.repeat(300_000) }],
    ['sends what is not UTF-8', { raw: Uint8Array.of(0x22, 0xff, 0x22, 0x0a) }],
  ] as const)('throw agent-unreachable when the agent %s instead', (_what, answer) =>
    withClient(answer, async (client) => {
      await expectCode(client.call('update.status', {}), 'agent-unreachable');
      await client.closed;
    }),
  );

  it('throw at once, and do not wait, when the agent has gone before', () =>
    withClient({ result: aStatus() }, async (client, agent) => {
      agent.hangUp();
      await client.closed;
      await expectCode(client.call('update.status', {}), 'agent-unreachable');
    }));

  it('find each its own answer, in whatever order and pieces they come', () =>
    withClient(undefined, async (client, agent) => {
      const both = [client.call('update.status', {}), client.call('update.status', {})];
      await waitFor('both calls', () => agent.calls.length === 3);
      // In the middle of a letter of three bytes, if the system keeps the pieces apart.
      const bytes = Buffer.from(answerTo(3, 'zweite €') + answerTo(2, 'first'));
      for (const byte of bytes) agent.sendBytes(Uint8Array.of(byte));
      expect((await Promise.all(both)).map(({ boot }) => boot)).toEqual(['first', 'zweite €']);
    }));
});

describe('on', () => {
  it('hears what is valid, and nothing else', () =>
    withClient({ result: aStatus() }, async (client, agent) => {
      const statuses: Status[] = [];
      const lines: LogLine[] = [];
      client.on('status.changed', (status) => statuses.push(status));
      client.on('log.appended', ({ line }) => lines.push(line));
      agent.notify('status.changed', { ...aStatus(), revision: -1 });
      agent.notify('status.unknown', aStatus());
      agent.notify('constructor', aStatus());
      agent.notify('log.appended', { transaction: 'x', line: aLogLine() });
      agent.send('{"jsonrpc":"2.0"}\n[]\n7\n');
      agent.notify('status.changed', aStatus());
      agent.notify('log.appended', { transaction: aTransactionId(), line: aLogLine() });
      await waitFor('the last notification', () => lines.length > 0);
      expect({ statuses, lines }).toEqual({ statuses: [STATUS], lines: [aLogLine()] });
    }));
});

describe('close', () => {
  it('leaves the agent, and closed resolves', () =>
    withClient({ result: aStatus() }, async (client, agent) => {
      client.close();
      await client.closed;
      await agent.deserted();
    }));
});
