/** A peer of the agent's socket that sends whatever bytes it likes and keeps what comes back. It obeys no protocol. */
import { encodeLine, PROTOCOL_VERSION } from '@pikit/protocol';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { waitFor } from '../../support/wait-for.ts';

const ReplySchema = v.object({
  jsonrpc: v.literal('2.0'),
  method: v.optional(v.string()),
  id: v.optional(v.nullable(v.union([v.string(), v.number()]))),
  result: v.optional(v.unknown()),
  error: v.optional(
    v.object({
      code: v.number(),
      message: v.string(),
      data: v.object({ code: v.string(), details: v.record(v.string(), v.unknown()) }),
    }),
  ),
});
export type Reply = v.InferOutput<typeof ReplySchema>;

export interface RawPeer {
  readonly socket: Socket;
  /** Answers, notifications left out. */
  readonly replies: readonly Reply[];
  readonly notifications: readonly Reply[];
  /** Resolves when so many answers have come; rejects when they do not come in time. */
  answers(count: number): Promise<readonly Reply[]>;
  /** Whether the agent has hung up before the patience of a test is over. */
  isHungUp(): Promise<boolean>;
  leave(): void;
}

export const call = (id: unknown, method: unknown, params: unknown = {}): string =>
  encodeLine({ jsonrpc: '2.0', id, method, params });

export const HELLO = call('hello', 'agent.hello', {
  protocol: PROTOCOL_VERSION,
  client: 'a hostile peer',
});

/** Tries again where the queue of the socket is full, as a client that blocks would wait. */
export async function connectRaw(path: string, { reads = true } = {}): Promise<RawPeer> {
  const socket = await waitFor('a connection', () => dial(path));
  const replies: Reply[] = [];
  const notifications: Reply[] = [];
  // because being hung up on is what a hostile peer is to expect
  socket.on('error', () => undefined);
  if (reads) {
    const lines = createInterface(socket);
    // because it repeats what the socket says
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      const reply = v.parse(ReplySchema, JSON.parse(line));
      (reply.method === undefined ? replies : notifications).push(reply);
    });
  }
  return {
    socket,
    replies,
    notifications,
    async answers(count) {
      await waitFor(`${count} answers`, () => replies.length >= count);
      return replies;
    },
    isHungUp: () =>
      waitFor('the end', () => socket.readableEnded || socket.destroyed).catch(() => false),
    leave: () => socket.destroy(),
  };
}

/** One that has said hello; the answer to that is left out of `replies`. */
export async function connectGuest(path: string): Promise<RawPeer> {
  const peer = await connectRaw(path);
  peer.socket.write(HELLO);
  const [hello] = await peer.answers(1);
  if (hello?.error !== undefined) throw new Error(`not greeted: ${hello.error.data.code}`);
  const { replies } = peer;
  return {
    ...peer,
    get replies() {
      return replies.slice(1);
    },
    answers: async (count) => (await peer.answers(count + 1)).slice(1),
  };
}

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
