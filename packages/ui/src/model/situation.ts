/**
 * Everything that the page knows at one moment, as plain values: what the device said last, how the line to it is, and
 * what the person has just asked for; and the one place that holds it. The view-model turns it into what is shown.
 */
import type { ErrorCode, ErrorDetails, LogLine, Sha256, Status } from '@pikit/protocol';
import type { Pace } from './pace.ts';

/** Whether the api reaches the root agent. Asleep counts as reachable. */
export type Agent = 'reachable' | 'away' | 'incompatible';

/** The body of `GET /update/status` and of the `status` event. */
export type AgentStatus = Status & { readonly agent: Agent };

/**
 * `since` is the browser's clock in milliseconds, at the moment when the line changed to this kind. `elsewhere`: something answers, but
 * no api, which during a restart nobody does. `refused`: the api answers, and cannot tell the status.
 */
export interface Link {
  readonly kind: 'connecting' | 'live' | 'reconnecting' | 'elsewhere' | 'refused' | 'signed-out';
  readonly since: number;
  /** Why the status could not be had. */
  readonly refusal?: Problem | undefined;
}

/** What only the page can know. `no-connection`: the api itself did not answer; `no-api`: something did that is none. */
export type ProblemCode = ErrorCode | 'no-connection' | 'no-api';

export interface Problem {
  readonly code: ProblemCode;
  readonly details: ErrorDetails;
}

export type CommandName =
  | 'check'
  | 'apply'
  | 'cancel'
  | 'rollback'
  | 'verify'
  | 'repair'
  | 'skip'
  | 'log'
  | 'sign-in'
  | 'sign-out';

/** The highest percentage shown for a transaction, so that a resumed download never counts backwards. */
export interface Peak {
  readonly transaction: string;
  readonly percent: number;
}

/** What the person has said to have done before a release with this digest. */
export interface Ticked {
  readonly of: Sha256;
  readonly duties: readonly string[];
}

/** `lines` is undefined until the first answer. */
export interface LogView {
  readonly transaction: string | undefined;
  readonly lines: readonly LogLine[] | undefined;
}

export interface Situation {
  readonly link: Link;
  readonly status: Status | undefined;
  readonly agent: Agent;
  /** The browser's clock, at the moment when the agent went away; undefined while it is there. */
  readonly awaySince: number | undefined;
  /** The device's clock minus the browser's, in milliseconds. A Pi without a clock chip may be years off. */
  readonly aheadMs: number;
  readonly peak: Peak | undefined;
  readonly pace: Pace | undefined;
  readonly pending: CommandName | undefined;
  readonly problem: { readonly command: CommandName; readonly error: Problem } | undefined;
  readonly log: LogView | undefined;
  readonly ticked: Ticked | undefined;
  /** No password is set yet: whoever signs in chooses the first one. */
  readonly isNew: boolean;
}

export interface Store {
  readonly situation: () => Situation;
  readonly set: (change: Partial<Situation>) => void;
  /** Returns the way to stop listening. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** `now` is the browser's clock in milliseconds: since then the page is connecting. */
export function createStore(now: number): Store {
  const listeners = new Set<() => void>();
  let situation: Situation = {
    link: { kind: 'connecting', since: now },
    status: undefined,
    agent: 'reachable',
    awaySince: undefined,
    aheadMs: 0,
    peak: undefined,
    pace: undefined,
    pending: undefined,
    problem: undefined,
    log: undefined,
    ticked: undefined,
    isNew: false,
  };
  return {
    situation: () => situation,
    set(change) {
      situation = { ...situation, ...change };
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
