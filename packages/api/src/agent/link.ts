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

export function createLink(options: Options): Link {
  const { line } = options;
  let holds = 0;
  let requests = 0;
  const turns = createTurns(options, () => ({ isHeld: holds > 0, isBusy: requests > 0 }));
  return {
    async request(method, params, timeoutMs) {
      requests += 1;
      try {
        const connection = await turns.open();
        return await connection.request(method, params, timeoutMs);
      } finally {
        requests -= 1;
        turns.reconsider();
      }
    },
    hold() {
      holds += 1;
      turns.reconsider();
      let held = true;
      return () => {
        if (held) holds -= 1;
        held = false;
        turns.reconsider();
      };
    },
    close() {
      turns.close();
      line.close();
    },
  };
}

/** One timer for two things that exclude each other: coming back while wanted, leaving while idle. */
function createTurns(
  { line, idleMs, backOffMs }: Options,
  now: () => { readonly isHeld: boolean; readonly isBusy: boolean },
) {
  let failures = 0;
  let isMissed = false;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const reconsider = (): void => {
    clearTimeout(timer);
    if (closed) return;
    const { isHeld, isBusy } = now();
    if (!line.isConnected() && (isHeld || isMissed)) {
      timer = setTimeout(() => void comeBack(), pauseMs(failures, backOffMs));
    } else if (line.isConnected() && !isHeld && !isBusy) {
      timer = setTimeout(() => line.drop(), idleMs);
    }
    timer?.unref();
  };

  const missed = (): void => {
    failures += 1;
    isMissed = true;
    reconsider();
  };

  const comeBack = async (): Promise<void> => {
    try {
      await line.open();
    } catch {
      // because the line has told its listeners; what is left to do here is to try again later.
      missed();
    }
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

  return {
    reconsider,
    async open(): Promise<Connection> {
      if (closed) throw new UpdateError('agent-unreachable', 'the api is shutting down');
      try {
        return await line.open();
      } catch (cause) {
        // Of many requests that fail together only the first counts, or the pauses would be long at once.
        if (!isMissed) missed();
        throw cause;
      }
    },
    close(): void {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** How long to wait after so many failures in a row; not at all before the first. */
export function pauseMs(failures: number, { first, last }: BackOff): number {
  return failures === 0 ? 0 : Math.min(last, first * 2 ** Math.min(failures - 1, 16));
}
