/**
 * The examples of the JSON-RPC 2.0 specification, section 7, sent to the real agent one after the other on one connection.
 * Where the agent answers otherwise, the reason stands beside it; its answer is a valid error object in any case.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal, NUMBERS, type Due } from './support/attack.ts';
import { startAgentProcess, type AgentProcess } from './support/agent-process.ts';
import { connectGuest, type RawPeer } from './support/raw-peer.ts';

interface Example {
  readonly name: string;
  readonly sent: string;
  readonly due: Due;
  /** Absent where the answer is the one of the specification. */
  readonly because?: string;
}

const NO_METHOD =
  'the agent has no such method; that it is told so under the same id is as specified';
const NO_NOTIFICATION = 'every call is answered, so a call without an id is none';
const NO_BATCH =
  'each line is a message already, so a batch is refused as a whole, with one answer';

const methodNotFound = (id: string | number): Due => ({ id, number: NUMBERS.methodNotFound });
const INVALID: Due = { id: null, number: NUMBERS.invalidRequest };
const UNREADABLE: Due = { id: null, number: NUMBERS.parseError };

const EXAMPLES: readonly Example[] = [
  {
    name: 'call with positional parameters',
    sent: '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
    due: methodNotFound(1),
    because: NO_METHOD,
  },
  {
    name: 'call with positional parameters, the other way round',
    sent: '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
    due: methodNotFound(2),
    because: NO_METHOD,
  },
  {
    name: 'call with named parameters',
    sent: '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    due: methodNotFound(3),
    because: NO_METHOD,
  },
  {
    name: 'call with named parameters, the other way round',
    sent: '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    due: methodNotFound(4),
    because: NO_METHOD,
  },
  {
    name: 'a notification',
    sent: '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}',
    due: INVALID,
    because: NO_NOTIFICATION,
  },
  {
    name: 'a notification of a method that there is not',
    sent: '{"jsonrpc": "2.0", "method": "foobar"}',
    due: INVALID,
    because: NO_NOTIFICATION,
  },
  {
    name: 'call of non-existent method',
    sent: '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    due: methodNotFound('1'),
  },
  {
    name: 'call with invalid JSON',
    sent: '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    due: UNREADABLE,
  },
  {
    name: 'call with invalid Request object',
    sent: '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
    due: INVALID,
  },
  {
    name: 'call Batch, invalid JSON',
    sent: '[ {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, {"jsonrpc": "2.0", "method" ]',
    due: UNREADABLE,
  },
  { name: 'call with an empty Array', sent: '[]', due: INVALID },
  {
    name: 'call with an invalid Batch (but not empty)',
    sent: '[1]',
    due: INVALID,
    because: NO_BATCH,
  },
  { name: 'call with invalid Batch', sent: '[1,2,3]', due: INVALID, because: NO_BATCH },
  {
    name: 'call Batch',
    sent:
      '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},' +
      '{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},' +
      '{"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},' +
      '{"foo": "boo"},' +
      '{"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},' +
      '{"jsonrpc": "2.0", "method": "get_data", "id": "9"}]',
    due: INVALID,
    because: NO_BATCH,
  },
  {
    name: 'call Batch (all notifications)',
    sent:
      '[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},' +
      '{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]',
    due: INVALID,
    because: `${NO_BATCH}; ${NO_NOTIFICATION}`,
  },
  // The same calls with a method that there is: by position nothing is offered, by name all is.
  {
    name: 'positional parameters for a method that there is',
    sent: '{"jsonrpc": "2.0", "method": "update.history", "params": [5], "id": 6}',
    due: { id: 6, number: NUMBERS.invalidParams },
    because: 'parameters have names; the specification leaves it to the server',
  },
];

let agent: AgentProcess;
let peer: RawPeer;
beforeAll(async () => {
  agent = await startAgentProcess();
  peer = await connectGuest(agent.device.apiSocket);
});
afterAll(async () => {
  peer.leave();
  await agent.close();
});

describe('an example of the JSON-RPC 2.0 specification', () => {
  it.each(EXAMPLES)('is answered: $name', async ({ sent, due, because }) => {
    const before = peer.replies.length;
    peer.socket.write(`${sent}\n`);
    const reply = (await peer.answers(before + 1)).at(before);
    expect(isRefusal(reply, due), because ?? 'as specified').toBe(true);
    // Section 5: either a result or an error, and of an error no other members than three.
    expect(Object.keys(reply?.error ?? {}).toSorted()).toEqual(['code', 'data', 'message']);
  });

  it('is served with named parameters of a method that there is', async () => {
    const before = peer.replies.length;
    peer.socket.write(
      '{"jsonrpc": "2.0", "method": "update.history", "params": {"limit": 5}, "id": 7}\n',
    );
    expect((await peer.answers(before + 1)).at(before)).toEqual({
      jsonrpc: '2.0',
      id: 7,
      result: { entries: [] },
    });
  });
});
