/**
 * What a click asks of the api. Nothing here that changes something is called because a page was opened, but on behalf of a
 * person.
 */
import type { LogLine, ReleaseSummary, TransactionId, Version } from '@pikit/protocol';
import { createCall, type Answer, type Api, type Call } from './call.ts';
import type { AgentStatus } from './situation.ts';

export interface Begun {
  readonly transaction: TransactionId;
}

export interface Log {
  readonly transaction: TransactionId | null;
  readonly lines: readonly LogLine[];
}

/** Of one version; `html` is harmless. */
export interface ReleaseNotes {
  readonly version: string;
  readonly html: string;
}

interface SessionAnswer {
  readonly signedIn: boolean;
  /** No password is set yet, which an earlier api does not tell. */
  readonly setUp?: boolean;
}

export interface Commands {
  readonly status: () => Promise<Answer<AgentStatus>>;
  readonly check: () => Promise<Answer<AgentStatus>>;
  readonly apply: (
    release: Pick<ReleaseSummary, 'version' | 'manifestSha256'>,
    options?: { readonly stageOnly: true },
  ) => Promise<Answer<Begun>>;
  readonly cancel: (transaction: TransactionId) => Promise<Answer<unknown>>;
  readonly rollBack: () => Promise<Answer<Begun>>;
  /** Takes as long as it takes to read every installed file. */
  readonly verify: () => Promise<Answer<AgentStatus>>;
  readonly repair: () => Promise<Answer<Begun>>;
  /** Null takes it back. */
  readonly skip: (version: Version | null) => Promise<Answer<AgentStatus>>;
  readonly log: (transaction: TransactionId) => Promise<Answer<Log>>;
  /** Newest first: of what is offered, and of what lies between. */
  readonly notes: () => Promise<Answer<{ readonly releases: readonly ReleaseNotes[] }>>;
  readonly session: () => Promise<Answer<SessionAnswer>>;
  /** With the set-up code it is the first password. */
  readonly signIn: (password: string, code?: string) => Promise<Answer<unknown>>;
  readonly signOut: () => Promise<Answer<unknown>>;
}

/** As long as the api waits for an audit. */
const AUDIT_TIMEOUT_MS = 600_000;

/** What else answers there may do so in JSON, too: `member` is what each api of ours has told from the beginning. */
const ours =
  <T>(member: keyof T) =>
  (answer: Answer<T>): Answer<T> =>
    !answer.ok || member in Object(answer.value)
      ? answer
      : { ok: false, error: { code: 'no-api', details: {} } };

/** A password that was right is of no use to a browser that does not keep the session's cookie, and nothing would say so. */
async function withSession(call: Call, answer: Answer<unknown>): Promise<Answer<unknown>> {
  if (!answer.ok) return answer;
  const session = await call<{ readonly signedIn?: boolean }>('GET', '/session');
  const isLost = session.ok && session.value.signedIn === false;
  return isLost
    ? { ok: false, error: { code: 'unauthenticated', details: { reason: 'no-cookie' } } }
    : answer;
}

export function createCommands(api: Api): Commands {
  const call = createCall(api);
  return {
    status: () => call<AgentStatus>('GET', '/update/status').then(ours('boot')),
    check: () => call('POST', '/update/check'),
    apply: ({ version, manifestSha256 }, options) =>
      call('POST', '/update/apply', { version, manifestSha256, ...options }),
    cancel: (transaction) => call('POST', '/update/cancel', { transaction }),
    rollBack: () => call('POST', '/update/rollback'),
    verify: () => call('POST', '/update/verify', {}, AUDIT_TIMEOUT_MS),
    repair: () => call('POST', '/update/repair', {}, AUDIT_TIMEOUT_MS),
    skip: (version) => call('POST', '/update/skip', { version }),
    log: (transaction) => call('GET', `/update/log?transaction=${encodeURIComponent(transaction)}`),
    notes: () => call('GET', '/update/notes'),
    session: () => call<SessionAnswer>('GET', '/session').then(ours('signedIn')),
    signIn: async (password, code) =>
      withSession(
        call,
        code === undefined
          ? await call('POST', '/session', { password })
          : await call('POST', '/session/setup', { code, password }),
      ),
    signOut: () => call('DELETE', '/session'),
  };
}
