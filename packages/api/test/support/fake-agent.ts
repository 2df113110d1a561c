/**
 * An agent that knows the protocol and nothing else: a real Unix socket, real lines, answers that the test decides. It
 * speaks JSON-RPC by hand, so that a misunderstanding of the library cannot hide on both ends.
 */
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import {
  createLineDecoder,
  encodeLine,
  RPC_APPLICATION_ERROR,
  UpdateError,
  type MethodName,
} from '@pikit/protocol';

type Answer = (params: unknown) => unknown;

export interface FakeAgent {
  /** Method names in the order in which they came, `agent.hello` included. */
  readonly calls: string[];
  /** Changes an answer from now on; the answer may be a promise or throw. */
  answer(method: MethodName, answer: Answer): void;
  /** To every connection that has said hello. */
  notify(method: string, params: unknown): void;
  /** Text as it is, for what no honest agent sends. */
  sendRaw(text: string): void;
  connections(): number;
  /** Ends every connection and goes on listening. */
  hangUp(): void;
  stop(): Promise<void>;
}

const HELLO = { protocol: 1, agent: '0.9.9', boot: 'b1', surface: 'dashboard' };

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

export async function startFakeAgent(
  socketPath: string,
  answers: Partial<Record<MethodName, Answer>> = {},
): Promise<FakeAgent> {
  const table = new Map<string, Answer>([['agent.hello', () => HELLO], ...Object.entries(answers)]);
  const greeted = new Set<Socket>();
  const sockets = new Set<Socket>();
  const calls: string[] = [];

  const server = createServer((socket) => {
    const decoder = createLineDecoder();
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      greeted.delete(socket);
    });
    // because a test hangs up on purpose, and `close` follows.
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const line of decoder.push(chunk)) {
        const call = JSON.parse(line) as Call;
        calls.push(call.method);
        void reply(table.get(call.method), call).then((message) => {
          if (socket.destroyed) return;
          socket.write(encodeLine(message));
          if (call.method === 'agent.hello' && 'result' in message) greeted.add(socket);
        });
      }
    });
  });
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));

  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const sendRaw = (text: string): void => {
    for (const socket of greeted) socket.write(text);
  };
  return {
    calls,
    answer: (method, answer) => void table.set(method, answer),
    notify: (method, params) => sendRaw(encodeLine({ jsonrpc: '2.0', method, params })),
    sendRaw,
    connections: () => sockets.size,
    hangUp,
    async stop() {
      hangUp();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function reply(answer: Answer | undefined, { id, params }: Call): Promise<object> {
  const message = { jsonrpc: '2.0', id };
  if (answer === undefined) {
    return { ...message, error: { code: -32601, message: 'Method not found' } };
  }
  try {
    return { ...message, result: await answer(params) };
  } catch (error) {
    const view = error instanceof UpdateError ? error.toView() : { code: 'internal', details: {} };
    const data = { ...view, logId: error instanceof UpdateError ? null : 'log-1' };
    return { ...message, error: { code: RPC_APPLICATION_ERROR, message: 'no', data } };
  }
}
