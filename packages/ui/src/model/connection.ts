/**
 * The line to the device: reads the status, then listens to its events, and does so again for as long as it takes. A lost
 * line is a state with a beginning, never an error: during an update the api restarts under the page. It only reads.
 */
import type { LogLine, TransactionId } from '@pikit/protocol';
import type { Commands } from './commands.ts';
import { listenToEnd, type EventStream } from './event-stream.ts';
import type { Agent, AgentStatus, Link, Problem } from './situation.ts';
import { createStatusReader, type StatusReader } from './status-reader.ts';

/** Milliseconds: the first and the longest pause between tries, and after how much silence to ask anyway. */
export interface Pace {
  readonly firstRetryMs: number;
  readonly mostRetryMs: number;
  readonly silenceMs: number;
}

export const PACE: Pace = { firstRetryMs: 500, mostRetryMs: 4000, silenceMs: 15_000 };

export interface Connection {
  /** From the beginning: at mount, and after signing in or out. Fine when it runs already. */
  readonly start: () => void;
  readonly stop: () => void;
  /** Listens no more until it is started again; what is asked for is still told. */
  readonly rest: () => void;
  /** Asks for the status now; resolves when the answer is in, whatever it is. */
  readonly refresh: () => Promise<void>;
}

interface Needs {
  readonly base: string;
  readonly commands: Pick<Commands, 'status' | 'session'>;
  readonly openEvents: (url: string) => EventStream;
  readonly now: () => number;
  readonly pace: Pace;
  readonly on: {
    readonly link: (kind: Link['kind'], refusal?: Problem) => void;
    readonly status: (status: AgentStatus) => void;
    readonly ahead: (ms: number) => void;
    readonly isNew: (isNew: boolean) => void;
    readonly agent: (agent: Agent) => void;
    readonly log: (transaction: TransactionId, line: LogLine) => void;
  };
}

/** Ends early when the signal comes. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** One stream to its end. `ask` reads the status, and resolves to whether the device answers. */
function hear(
  { base, openEvents, pace, on }: Needs,
  { take, stamp }: StatusReader,
  signal: AbortSignal,
  ask: () => Promise<boolean>,
): Promise<boolean> {
  return listenToEnd({
    stream: openEvents(`${base}/update/events`),
    silenceMs: pace.silenceMs,
    signal,
    on: {
      status: take,
      agent: on.agent,
      log: on.log,
      // What it has missed it will go on missing: its other end is gone, and it does not know.
      async silence() {
        const before = stamp();
        return (await ask()) && stamp() === before;
      },
    },
  });
}

export function createConnection(needs: Needs): Connection {
  const { commands, now, pace, on } = needs;
  const reader = createStatusReader({ commands, now, on });
  let run = new AbortController();
  /** Ends a stream that may be dead without knowing it. */
  let wait = new AbortController();
  let kind: Link['kind'] = 'connecting';

  const read = async (signal: AbortSignal): Promise<Link['kind']> => {
    const found = await reader.read(signal);
    if (!signal.aborted) kind = found;
    return kind;
  };

  const isSignedOut = (): boolean => kind === 'signed-out';

  const keepUp = async (signal: AbortSignal): Promise<void> => {
    const hasSession = await reader.hasSession();
    if (signal.aborted) return;
    kind = hasSession ? 'connecting' : 'signed-out';
    if (!hasSession) {
      on.link(kind);
      return;
    }
    let delay = pace.firstRetryMs;
    while (!signal.aborted) {
      const found = await read(signal);
      if (isSignedOut()) return;
      // Not before: what failed meanwhile was another stream's end, and this one would hear nothing.
      wait = new AbortController();
      const either = AbortSignal.any([signal, wait.signal]);
      const hasOpened =
        found === 'live' &&
        !signal.aborted &&
        (await hear(needs, reader, either, async () => (await read(either)) === 'live'));
      if (hasOpened) delay = pace.firstRetryMs;
      // A refresh may have found out in the meantime.
      if (isSignedOut()) return;
      await pause(either.aborted ? 0 : delay, signal);
      delay = Math.min(delay * 2, pace.mostRetryMs);
    }
  };

  const rest = (): void => {
    run.abort();
    run = new AbortController();
  };

  const start = (): void => {
    rest();
    void keepUp(run.signal);
  };

  return {
    start,
    stop: () => run.abort(),
    rest,
    async refresh() {
      if (isSignedOut()) start();
      else if ((await read(run.signal)) !== 'live') wait.abort();
    },
  };
}
