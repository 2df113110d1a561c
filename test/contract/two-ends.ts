/**
 * Both ends of the line, for real: the agent's server on a Unix socket and the api's client on the other side. Only what
 * lies behind the server is replaced, by an answer that the test chooses.
 */
import { methods, type Handlers, type Status, type Surface } from '@pikit/protocol';
import { join } from 'node:path';
import { createClock } from '../../packages/agent/src/adapters/clock-system.ts';
import { serveConnection, type Feed } from '../../packages/agent/src/rpc/connection.ts';
import {
  createDispatch,
  type Caller,
  type Dispatch,
} from '../../packages/agent/src/rpc/dispatch.ts';
import { createDoor } from '../../packages/agent/src/rpc/door.ts';
import { createErrorReply } from '../../packages/agent/src/rpc/error-reply.ts';
import { listen } from '../../packages/agent/src/rpc/listen.ts';
import { createLogBudget } from '../../packages/agent/src/rpc/log-budget.ts';
import { createClient, type Client } from '../../packages/api/src/agent/client.ts';
import { openConnection } from '../../packages/api/src/agent/connection.ts';
import { examples } from '../../packages/protocol/test/examples.ts';
import { withTempDir } from '../support/temp-dir.ts';

export interface Call {
  readonly method: string;
  readonly params: unknown;
  readonly caller: Caller;
}

export interface TwoEnds {
  /** The api's client, which checks what it sends and what it gets. */
  readonly client: Client;
  /** Past the client's checks, as an api that somebody has taken over would call. */
  readonly request: (method: string, params: unknown) => Promise<unknown>;
  /** What reached the handlers, `agent.hello` of the connection itself left out. */
  readonly calls: readonly Call[];
  /** What the agent wrote to its log. */
  readonly logged: readonly string[];
  /** What came to the api unasked. */
  readonly notified: readonly { readonly method: string; readonly params: unknown }[];
  /** The agent's side of the notifications; filled when the connection is greeted. */
  readonly subscribers: ((status: Status) => void)[];
}

interface Options {
  readonly surface?: Surface;
  /** What a handler answers once the connection stands; by default the good example. May throw. */
  readonly answer?: (method: string) => unknown;
  /** An agent of another make, which checks nothing. */
  readonly unchecked?: boolean;
}

const TIMEOUT_MS = 60_000;

/** The id under which the agent logs a bug here. */
export const LOG_ID = 'feedbeef';

const goodAnswers: ReadonlyMap<string, unknown> = new Map(
  Object.entries(examples).map(([method, { result }]) => [method, result.good]),
);

export async function withTwoEnds<T>(
  { surface = 'dashboard', answer = (method) => goodAnswers.get(method), unchecked }: Options,
  work: (ends: TwoEnds) => Promise<T>,
): Promise<T> {
  const calls: Call[] = [];
  const logged: string[] = [];
  const notified: { method: string; params: unknown }[] = [];
  const subscribers: TwoEnds['subscribers'] = [];
  let greeted = false;
  const respond = async (method: string, params: unknown, caller: Caller): Promise<unknown> => {
    if (!greeted) return goodAnswers.get(method);
    calls.push({ method, params, caller });
    return answer(method);
  };
  const log = (message: string): void => {
    logged.push(message);
  };
  const logger = { info: log, warning: log, error: log };
  const complain = createLogBudget({ clock: createClock(), log: logger });
  const needs = {
    dispatch: unchecked === true ? respond : createDispatch(handlersFrom(respond)),
    errorReply: createErrorReply({
      clock: { ...createClock(), randomHex: () => LOG_ID },
      log: logger,
    }),
    feed: {
      onStatus: (listener) => {
        subscribers.push(listener);
        return () => undefined;
      },
      onLog: () => () => undefined,
    } satisfies Feed,
    complain,
    door: createDoor({ clock: createClock(), complain }),
  };
  return withTempDir(async (directory) => {
    const path = join(directory, 'agent.sock');
    const plan = { path, umask: 0o177, fd: undefined };
    const server = await listen(
      plan,
      (socket) => serveConnection(socket, { surface, by: surface }, needs),
      logger,
    );
    const connection = await openConnection({
      socketPath: path,
      client: 'contract test',
      timeoutMs: TIMEOUT_MS,
      onNotification: (method, params) => notified.push({ method, params }),
      onProtocolError: (cause) => log(String(cause)),
    });
    greeted = true;
    try {
      return await work({
        client: createClient(connection),
        request: (method, params) => connection.request(method, params, TIMEOUT_MS),
        calls,
        logged,
        notified,
        subscribers,
      });
    } finally {
      connection.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });
}

/** One handler for every method of the table; each passes its name on. */
function handlersFrom(respond: Dispatch): Handlers<Caller> {
  const entries = Object.keys(methods).map((method) => [
    method,
    (params: unknown, caller: Caller) => respond(method, params, caller),
  ]);
  // The names are those of the table; TypeScript does not follow them through `Object.keys`.
  return Object.fromEntries(entries) as Handlers<Caller>;
}
