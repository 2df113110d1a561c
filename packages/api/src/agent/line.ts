/**
 * At most one connection to the agent, and what is known about whether it can be had. It never opens one by itself:
 * whether a connection is worth having is the link's decision.
 */
import { UpdateError, type Hello } from '@pikit/protocol';
import type { Connection } from './connection.ts';

/** Asleep is `reachable`: systemd starts the agent when its socket is called. */
export type Reach = 'reachable' | 'away' | 'incompatible';

export interface LineListener {
  onConnected?(): void;
  /** The connection ended and nobody here asked for it. */
  onLost?(): void;
  onReach?(reach: Reach): void;
  onNotification?(method: string, params: unknown): void;
}

export interface Line {
  /** Joins a try that is under way. Throws `agent-unreachable` or `incompatible-protocol`. */
  open(): Promise<Connection>;
  isConnected(): boolean;
  /** Without waking the agent: what the last try showed, or else whether its socket is there. */
  reach(): Promise<Reach>;
  /** The last greeting, also of a connection that has gone. */
  hello(): Hello | undefined;
  listen(listener: LineListener): () => void;
  /** Hangs up; the next `open` dials anew. */
  drop(): void;
  /** Hangs up for good. */
  close(): void;
}

interface Options {
  readonly connect: (
    onNotification: (method: string, params: unknown) => void,
  ) => Promise<Connection>;
  /** Whether the agent's socket is there at all. */
  readonly hasSocket: () => Promise<boolean>;
}

export function createLine({ connect, hasSocket }: Options): Line {
  const listeners = new Set<LineListener>();
  let connection: Connection | undefined;
  let opening: Promise<Connection> | undefined;
  let lastHello: Hello | undefined;
  // What the last try showed; undefined before the first one and after a connection has ended.
  let known: Reach | undefined;
  let closed = false;

  const learn = (reach: Reach): void => {
    if (reach === known) return;
    known = reach;
    for (const listener of listeners) listener.onReach?.(reach);
  };

  const drop = (): void => {
    const dropped = connection;
    connection = undefined;
    known = undefined;
    dropped?.close();
  };

  const onClosed = (gone: Connection): void => {
    if (connection !== gone) return;
    drop();
    for (const listener of listeners) listener.onLost?.();
  };

  const dial = async (): Promise<Connection> => {
    try {
      const fresh = await connect((method, params) => {
        for (const listener of listeners) listener.onNotification?.(method, params);
      });
      if (closed) {
        fresh.close();
        throw new UpdateError('agent-unreachable', 'the api is shutting down');
      }
      connection = fresh;
      lastHello = fresh.hello;
      void fresh.closed.then(() => onClosed(fresh));
      learn('reachable');
      for (const listener of listeners) listener.onConnected?.();
      return fresh;
    } catch (cause) {
      const isForeign = cause instanceof UpdateError && cause.code === 'incompatible-protocol';
      learn(isForeign ? 'incompatible' : 'away');
      throw cause;
    } finally {
      opening = undefined;
    }
  };

  return {
    open: async () => connection ?? (await (opening ??= dial())),
    isConnected: () => connection !== undefined,
    reach: async () => known ?? ((await hasSocket()) ? 'reachable' : 'away'),
    hello: () => lastHello,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    drop,
    close() {
      closed = true;
      drop();
    },
  };
}
