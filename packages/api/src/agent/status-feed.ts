/**
 * The last snapshot, and who wants to hear of the next. A page load costs the agent nothing; while the agent sleeps the
 * snapshot on the disk stands in; while a transaction runs or somebody listens the line is held.
 */
import { UpdateError, type Notification, type Status } from '@pikit/protocol';
import { onceEach } from '../once-each.ts';
import { readNotification, type Client } from './client.ts';
import { createLastStatus } from './last-status.ts';
import type { Line, Reach } from './line.ts';
import type { Link } from './link.ts';
import type { ReadState } from './state-file.ts';

/** What `GET /api/update/status` answers. */
export type StatusView = Status & { readonly agent: Reach };

export type FeedEvent =
  | { readonly kind: 'status'; readonly status: StatusView }
  | { readonly kind: 'log'; readonly entry: Notification<'log.appended'> }
  | { readonly kind: 'agent'; readonly agent: Reach };

export interface StatusFeed {
  /** Asks the agent only if nothing else can tell. Throws `agent-unreachable` when nothing can. */
  current(): Promise<StatusView>;
  /** Never asks the agent. */
  peek(): Promise<{ readonly status: Status | undefined; readonly agent: Reach }>;
  /** Holds the line until the returned function is called. */
  subscribe(listener: (event: FeedEvent) => void): () => void;
}

interface Options {
  readonly line: Line;
  readonly link: Link;
  readonly client: Client;
  readonly readState: ReadState;
  readonly onFailure: (what: string, cause: unknown) => void;
}

export function createStatusFeed(options: Options): StatusFeed {
  const { line, link, client, readState, onFailure } = options;
  const listeners = new Set<(event: FeedEvent) => void>();
  const last = createLastStatus();
  let told: Reach = 'reachable';
  const holdWhile = createHold(link);
  const reachable = onceEach(viewOf);

  const publish = (event: FeedEvent): void => listeners.forEach((listener) => listener(event));

  const accept = (status: Status): void => {
    if (!last.offer(status)) return;
    holdWhile(status.transaction !== null);
    publish({ kind: 'status', status: reachable(status) });
  };

  const refresh = async (): Promise<StatusView> => {
    const status = await client.call('update.status', {});
    accept(status);
    return reachable(last.fresh() ?? status);
  };

  line.listen({
    onConnected() {
      last.expire();
      refresh().catch((cause: unknown) => onFailure('no status from the agent', cause));
    },
    onReach(agent) {
      if (agent !== told) publish({ kind: 'agent', agent });
      told = agent;
    },
    onNotification: (method, params) => readFeed(method, params, accept, publish),
  });

  /** While connected the agent tells each change; otherwise only the disk can have something newer. */
  const fresh = () => (line.isConnected() ? last.fresh() : undefined);
  const stored = async () => (await readState()) ?? last.get();

  return {
    async current() {
      const told = fresh();
      if (told !== undefined) return reachable(told);
      const before = await stored();
      const isAsleep = !line.isConnected() && (await line.reach()) === 'reachable';
      if (isAsleep && before !== undefined && isSettled(before)) {
        return reachable(before);
      }
      try {
        return await refresh();
      } catch (cause) {
        if (before === undefined || !(cause instanceof UpdateError)) throw cause;
        const agent = cause.code === 'incompatible-protocol' ? 'incompatible' : 'away';
        return { ...before, agent };
      }
    },
    peek: async () => ({ status: fresh() ?? (await stored()), agent: await line.reach() }),
    subscribe(listener) {
      listeners.add(listener);
      const release = link.hold();
      return () => {
        listeners.delete(listener);
        release();
      };
    },
  };
}

/** Once for each snapshot, so that whoever makes text of the view need not do so again. */
function viewOf(status: Status): StatusView {
  return { ...status, agent: 'reachable' };
}

/** Holds the line as long as it is told so, once. */
function createHold(link: Link): (wanted: boolean) => void {
  let release: (() => void) | undefined;
  return (wanted) => {
    if (wanted) release ??= link.hold();
    else {
      release?.();
      release = undefined;
    }
  };
}

/** A snapshot that will not change unless somebody wakes the agent. */
function isSettled(status: Status): boolean {
  return status.transaction === null && !status.checking;
}

function readFeed(
  method: string,
  params: unknown,
  accept: (status: Status) => void,
  publish: (event: FeedEvent) => void,
): void {
  if (method === 'status.changed') {
    const status = readNotification(method, params);
    if (status !== undefined) accept(status);
  } else if (method === 'log.appended') {
    const entry = readNotification(method, params);
    if (entry !== undefined) publish({ kind: 'log', entry });
  }
}
