/**
 * One device as the page sees it: joins the connection, the commands and the log into one situation, and tells its
 * listeners when that changes. Starting anything needs a call that only a click makes; `start` begins to read.
 */
import type { ReleaseSummary, Status, TransactionId, Version } from '@pikit/protocol';
import type { Answer } from './call.ts';
import { createCommands, type Commands, type ReleaseNotes } from './commands.ts';
import { createConnection, PACE, type Connection, type Pace } from './connection.ts';
import type { EventStream } from './event-stream.ts';
import { createLogFollower, type LogFollower } from './log-follower.ts';
import { notePace } from './pace.ts';
import { raisePeak } from './percent.ts';
import {
  createStore,
  type Agent,
  type AgentStatus,
  type CommandName,
  type Link,
  type Problem,
  type Situation,
  type Store,
} from './situation.ts';

export interface Updates {
  readonly situation: () => Situation;
  /** Returns the way to stop listening. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly start: () => void;
  readonly stop: () => void;
  /** Listens no more until it is started again. */
  readonly rest: () => void;
  readonly refresh: () => Promise<void>;
  readonly check: () => Promise<void>;
  /** Exactly the release that the person was shown. */
  readonly install: (release: ReleaseSummary) => Promise<void>;
  /** The same, to be installed later. */
  readonly download: (release: ReleaseSummary) => Promise<void>;
  readonly cancel: (transaction: TransactionId) => Promise<void>;
  readonly rollBack: () => Promise<void>;
  readonly verify: () => Promise<void>;
  readonly repair: () => Promise<void>;
  /** No word more of this version; null takes it back. */
  readonly skip: (version: Version | null) => Promise<void>;
  /** The person has done, or not done, what a release asks for before it is installed. */
  readonly tick: (release: ReleaseSummary, duty: string, isDone: boolean) => void;
  /** Empty where nobody tells. */
  readonly readNotes: () => Promise<readonly ReleaseNotes[]>;
  readonly openLog: () => Promise<void>;
  readonly closeLog: () => void;
  /** Forgets the problem of the last command. */
  readonly dismiss: () => void;
  readonly signIn: (password: string, code?: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
}

interface Needs {
  readonly base: string;
  readonly fetch: typeof globalThis.fetch;
  readonly openEvents: (url: string) => EventStream;
  readonly now: () => number;
  readonly pace?: Pace;
}

const latestOf = (status: Status | undefined): TransactionId | null =>
  status?.transaction?.id ?? status?.last_result?.id ?? null;

/** What arrives over the line, written into the situation. */
function createReceiver(store: Store, log: LogFollower, now: () => number) {
  const follow = async (): Promise<void> => {
    const error = await log.follow(latestOf(store.situation().status));
    if (error !== undefined) store.set({ problem: { command: 'log', error } });
  };
  const agentIs = (agent: Agent): Pick<Situation, 'agent' | 'awaySince'> => ({
    agent,
    awaySince: agent === 'away' ? (store.situation().awaySince ?? now()) : undefined,
  });
  return {
    follow,
    status({ agent, ...status }: AgentStatus): void {
      const { peak, pace, status: before, problem } = store.situation();
      const seen = { peak: raisePeak(peak, status), pace: notePace(pace, status, now()) };
      // What was refused while it ran is moot, and would hide how it has ended.
      const hasEnded = before !== undefined && before.last_result?.id !== status.last_result?.id;
      store.set({
        status,
        ...agentIs(agent),
        ...seen,
        problem: hasEnded ? undefined : problem,
      });
      const view = log.view();
      if (view !== undefined && view.transaction !== (latestOf(status) ?? undefined)) void follow();
    },
    link(kind: Link['kind'], refusal?: Problem): void {
      const { link, pending, problem } = store.situation();
      if (link.kind === kind && link.refusal?.code === refusal?.code) return;
      const isOut = kind === 'signed-out';
      const isMoot = isOut || (kind === 'live' && problem?.error.code === 'no-connection');
      store.set({
        link: { kind, since: now(), refusal },
        problem: isMoot ? undefined : problem,
        // An audit may take minutes, and whoever signs in again would wait for its answer.
        pending: isOut ? undefined : pending,
      });
      // Lines that were written while the line was down were never sent to this page.
      if (kind === 'live' && log.view() !== undefined) void follow();
      if (isOut) log.leave();
    },
    ahead: (aheadMs: number): void => store.set({ aheadMs }),
    isNew: (isNew: boolean): void => store.set({ isNew }),
    agent: (agent: Agent): void => store.set(agentIs(agent)),
    log: log.append,
  };
}

/** What a person asks for: one thing at a time. Only leaving does not wait, as an audit may take minutes. */
function createAsker(store: Store, commands: Commands, connection: Connection) {
  const ask = async (
    command: CommandName,
    request: () => Promise<Answer<unknown>>,
    after: () => Promise<void> | void = () => connection.refresh(),
  ): Promise<void> => {
    if (store.situation().pending !== undefined && command !== 'sign-out') return;
    store.set({ pending: command, problem: undefined });
    const answer = await request();
    if (!answer.ok) store.set({ problem: { command, error: answer.error } });
    // The button comes back together with what its work has changed, not before.
    if (answer.ok || command !== 'sign-in') await after();
    store.set({ pending: undefined });
  };
  return {
    check: () => ask('check', commands.check),
    install: (release: ReleaseSummary) => ask('apply', () => commands.apply(release)),
    download: (release: ReleaseSummary) =>
      ask('apply', () => commands.apply(release, { stageOnly: true })),
    cancel: (transaction: TransactionId) => ask('cancel', () => commands.cancel(transaction)),
    rollBack: () => ask('rollback', commands.rollBack),
    verify: () => ask('verify', commands.verify),
    repair: () => ask('repair', commands.repair),
    skip: (version: Version | null) => ask('skip', () => commands.skip(version)),
    signIn: (password: string, code?: string) =>
      ask(
        'sign-in',
        () => commands.signIn(password, code),
        () => connection.start(),
      ),
    signOut: () => ask('sign-out', commands.signOut, () => connection.start()),
  };
}

export function createUpdates({ base, fetch, openEvents, now, pace = PACE }: Needs): Updates {
  const commands = createCommands({ base, fetch });
  const store = createStore(now());
  const log = createLogFollower({ commands, onChange: (view) => store.set({ log: view }) });
  const { follow, ...on } = createReceiver(store, log, now);
  const connection = createConnection({ base, commands, openEvents, now, pace, on });
  return {
    situation: store.situation,
    subscribe: store.subscribe,
    ...connection,
    ...createAsker(store, commands, connection),
    async readNotes() {
      const answer = await commands.notes();
      return answer.ok ? answer.value.releases : [];
    },
    tick({ manifestSha256: of }, duty, isDone) {
      const { ticked } = store.situation();
      const others = ticked?.of === of ? ticked.duties.filter((each) => each !== duty) : [];
      store.set({ ticked: { of, duties: isDone ? [...others, duty] : others } });
    },
    openLog: follow,
    closeLog: log.leave,
    dismiss: () => store.set({ problem: undefined }),
  };
}
