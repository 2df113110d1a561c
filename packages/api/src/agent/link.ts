/**
 * Decides when the line to the agent is open: on demand for a request, for as long as somebody holds it (coming back
 * after a loss), and not when idle, so that the agent may sleep. One that could not be had is looked for until it is met
 * again: otherwise probes, which ask for nothing, would go on hearing that it is away.
 */
import { UpdateError } from '@pikit/protocol';
import type { Connection } from './connection.ts';
import type { Line } from './line.ts';

export interface Link {
  /** Connects first if need be; throws `agent-unreachable` or `incompatible-protocol` when that fails. */
  request(method: string, params: unknown, timeoutMs: number): Promise<unknown>;
  /** Stay connected, and come back after a loss, until the returned function is called. */
  hold(): () => void;
  /** Stops for good; what is under way fails with `agent-unreachable`. */
  close(): void;
}

interface Options {
  readonly line: Line;
  /** How long an unused connection is kept. */
  readonly idleMs: number;
  /** The pause before coming back doubles from the first to the last. */
  readonly backOffMs: BackOff;
}

interface BackOff {
  readonly first: number;
  readonly last: number;
}

export function createLink({ line, idleMs, backOffMs }: Options): Link {
  let holds = 0;
  let requests = 0;
  let failures = 0;
  let isMissed = false;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const comeBack = async (): Promise<void> => {
    try {
      await line.open();
    } catch {
      // because the line has told its listeners; what is left to do here is to try again later.
      missed();
    }
  };

  const missed = (): void => {
    failures += 1;
    isMissed = true;
    reconsider();
  };

  /** One timer for two things that exclude each other: coming back while held, leaving while idle. */
  const reconsider = (): void => {
    clearTimeout(timer);
    if (closed) return;
    if (!line.isConnected() && (holds > 0 || isMissed)) {
      timer = setTimeout(() => void comeBack(), pauseMs(failures, backOffMs));
    } else if (line.isConnected() && holds === 0 && requests === 0) {
      timer = setTimeout(() => line.drop(), idleMs);
    }
    timer?.unref();
  };

  line.listen({
    onConnected() {
      failures = 0;
      isMissed = false;
      reconsider();
    },
    onLost() {
      // An agent that hangs up at once must not be dialled in a tight loop.
      failures = 1;
      reconsider();
    },
  });

  const open = async (): Promise<Connection> => {
    try {
      return await line.open();
    } catch (cause) {
      // Of many requests that fail together only the first counts, or the pauses would be long at once.
      if (!isMissed) missed();
      throw cause;
    }
  };

  return {
    async request(method, params, timeoutMs) {
      if (closed) throw new UpdateError('agent-unreachable', 'the api is shutting down');
      requests += 1;
      try {
        const connection = await open();
        return await connection.request(method, params, timeoutMs);
      } finally {
        requests -= 1;
        reconsider();
      }
    },
    hold() {
      holds += 1;
      reconsider();
      let held = true;
      return () => {
        if (held) holds -= 1;
        held = false;
        reconsider();
      };
    },
    close() {
      closed = true;
      clearTimeout(timer);
      line.close();
    },
  };
}

/** How long to wait after so many failures in a row; not at all before the first. */
export function pauseMs(failures: number, { first, last }: BackOff): number {
  return failures === 0 ? 0 : Math.min(last, first * 2 ** Math.min(failures - 1, 16));
}
