/**
 * A real Unix socket that answers as a test tells it to, in the agent's framing: for what an agent must never do, and for
 * what it does only when something has gone wrong.
 */
import { createLineDecoder, encodeLine, RPC_APPLICATION_ERROR } from '@pikit/protocol';
import { createServer, type Socket } from 'node:net';
import * as v from 'valibot';
import { withTempDir } from '../../../../test/support/temp-dir.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';

/** `raw` is sent as it stands; undefined is never answered. */
export type Answer =
  | { readonly result: unknown }
  | {
      readonly error: { readonly code?: number; readonly message: string; readonly data?: unknown };
    }
  | { readonly raw: string | Uint8Array }
  | 'hang-up'
  | undefined;

export type Answers = Readonly<Record<string, (params: unknown) => Answer>>;

export interface StubAgent {
  /** Methods in the order of their calls, with their parameters. */
  readonly calls: readonly { readonly method: string; readonly params?: unknown }[];
  send(text: string): void;
  sendBytes(bytes: Uint8Array): void;
  notify(method: string, params: unknown): void;
  hangUp(): void;
  /** Resolves when no peer is connected any more. */
  deserted(): Promise<unknown>;
  stop(): Promise<void>;
}

const RequestSchema = v.object({
  id: v.union([v.string(), v.number()]),
  method: v.string(),
  params: v.exactOptional(v.unknown()),
});

const GOOD_HELLO: Answer = {
  result: { protocol: 1, agent: '0.1.0', boot: 'b1', surface: 'admin' },
};

/** An error as the agent sends it. */
export function refusal(code: string, details: object = {}, logId: string | null = null): Answer {
  return { error: { message: code, data: { code, details, logId } } };
}

/** Answers `agent.hello` well unless told otherwise; what it has no answer for it leaves unanswered. */
export async function startStubAgent(path: string, answers: Answers = {}): Promise<StubAgent> {
  const sockets = new Set<Socket>();
  const calls: v.InferOutput<typeof RequestSchema>[] = [];

  const reply = (socket: Socket, line: string): void => {
    const call = v.parse(RequestSchema, JSON.parse(line));
    calls.push(call);
    const known =
      answers[call.method] ?? (call.method === 'agent.hello' ? () => GOOD_HELLO : undefined);
    const answer = known?.(call.params);
    if (answer === undefined) return;
    if (answer === 'hang-up') socket.end();
    else if ('raw' in answer) socket.write(answer.raw);
    else socket.write(encodeLine(toResponse(call.id, answer)));
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // because a test's peer may end however it likes
    socket.on('error', () => undefined);
    const decoder = createLineDecoder();
    socket.on('data', (chunk) => decoder.push(chunk).forEach((line) => reply(socket, line)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  const sendBytes = (bytes: Uint8Array): void => sockets.forEach((socket) => socket.write(bytes));
  const send = (text: string): void => sendBytes(Buffer.from(text));
  return {
    calls,
    send,
    sendBytes,
    notify: (method, params) => send(encodeLine({ jsonrpc: '2.0', method, params })),
    hangUp: () => sockets.forEach((socket) => socket.end()),
    deserted: () => waitFor('the peer to leave', () => sockets.size === 0),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function toResponse(id: string | number, answer: Exclude<Answer, 'hang-up' | undefined>): object {
  if (!('error' in answer)) return { jsonrpc: '2.0', id, ...answer };
  return { jsonrpc: '2.0', id, error: { code: RPC_APPLICATION_ERROR, ...answer.error } };
}

/** Stops the agent and removes its directory whatever happens in `work`. */
export function withStubAgent<T>(
  answers: Answers,
  work: (agent: StubAgent, socket: string) => Promise<T>,
): Promise<T> {
  return withTempDir(async (directory) => {
    const socket = `${directory}/agent.sock`;
    const agent = await startStubAgent(socket, answers);
    try {
      return await work(agent, socket);
    } finally {
      await agent.stop();
    }
  });
}
