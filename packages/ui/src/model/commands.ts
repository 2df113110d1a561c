/**
 * What a click asks of the api. Each call answers with a value or a problem, never with an exception. Nothing here is
 * called because a page was opened: the only caller is `updates.ts`, on behalf of a person. Answers are trusted as they
 * are, because the api has passed them through their schemas.
 */
import type {
  LogLine,
  ReleaseSummary,
  SettingsChange,
  Status,
  TransactionId,
  TransactionResult,
  Version,
} from '@pikit/protocol';
import type { AgentStatus, Problem, ProblemCode } from './situation.ts';

export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly headers: Headers }
  | { readonly ok: false; readonly error: Problem };

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
  readonly setSettings: (change: SettingsChange) => Promise<Answer<Status['settings']>>;
  readonly log: (transaction: TransactionId) => Promise<Answer<Log>>;
  /** Newest first: of what is offered, and of what lies between. */
  readonly notes: () => Promise<Answer<{ readonly releases: readonly ReleaseNotes[] }>>;
  /** Newest first. */
  readonly history: () => Promise<Answer<{ readonly entries: readonly TransactionResult[] }>>;
  readonly session: () => Promise<Answer<{ readonly signedIn: boolean }>>;
  /** With the set-up code it is the first password. */
  readonly signIn: (password: string, code?: string) => Promise<Answer<unknown>>;
  readonly signOut: () => Promise<Answer<unknown>>;
}

/** A half-open connection must not hold the page for minutes; a check may take as long as the release server does. */
const READ_TIMEOUT_MS = 15_000;
const WRITE_TIMEOUT_MS = 120_000;
/** As long as the api waits for an audit. */
const AUDIT_TIMEOUT_MS = 600_000;

/** Codes by which a proxy says that the api behind it is not up (nginx while a service restarts). */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);

async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('json')) {
    if (response.status === 401) return { code: 'unauthenticated', details: {} };
    return { code: AWAY.has(response.status) ? 'no-connection' : 'internal', details: {} };
  }
  const body = (await response.json()) as Partial<Record<string, unknown>>;
  const details = (body['details'] ?? {}) as Problem['details'];
  const wait = Number(response.headers.get('retry-after'));
  return {
    code: (typeof body['code'] === 'string' ? body['code'] : 'internal') as ProblemCode,
    details: wait > 0 ? { ...details, retryAfter: wait } : details,
  };
}

export async function answerOf<T>(request: () => Promise<Response>): Promise<Answer<T>> {
  try {
    const response = await request();
    if (!response.ok) return { ok: false, error: await problemOf(response) };
    const text = await response.text();
    const value = (text === '' ? undefined : JSON.parse(text)) as T;
    return { ok: true, value, headers: response.headers };
  } catch {
    // because the browser tells a page neither why nor what: no network, an api that restarts, an answer cut in two.
    return { ok: false, error: { code: 'no-connection', details: {} } };
  }
}

/** `base` is the path of the api, such as `/api`. `fetch` as the platform has it. */
export function createCommands({
  base,
  fetch,
}: {
  readonly base: string;
  readonly fetch: typeof globalThis.fetch;
}): Commands {
  const call = async <T>(
    method: string,
    path: string,
    body: unknown = {},
    patienceMs = WRITE_TIMEOUT_MS,
  ): Promise<Answer<T>> => {
    const reads = method === 'GET';
    return answerOf(async () =>
      fetch(`${base}${path}`, {
        method,
        cache: 'no-store',
        credentials: 'same-origin',
        signal: AbortSignal.timeout(reads ? READ_TIMEOUT_MS : patienceMs),
        // The api takes writes as JSON alone: no form of a foreign page can send that type.
        ...(reads
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    );
  };
  return {
    status: () => call('GET', '/update/status'),
    check: () => call('POST', '/update/check', {}),
    apply: ({ version, manifestSha256 }, options) =>
      call('POST', '/update/apply', { version, manifestSha256, ...options }),
    cancel: (transaction) => call('POST', '/update/cancel', { transaction }),
    rollBack: () => call('POST', '/update/rollback', {}),
    verify: () => call('POST', '/update/verify', {}, AUDIT_TIMEOUT_MS),
    repair: () => call('POST', '/update/repair', {}, AUDIT_TIMEOUT_MS),
    skip: (version) => call('POST', '/update/skip', { version }),
    setSettings: (change) => call('POST', '/update/auto', change),
    log: (transaction) => call('GET', `/update/log?transaction=${encodeURIComponent(transaction)}`),
    notes: () => call('GET', '/update/notes'),
    history: () => call('GET', '/update/history?limit=20'),
    session: () => call('GET', '/session'),
    signIn: (password, code) =>
      code === undefined
        ? call('POST', '/session', { password })
        : call('POST', '/session/setup', { code, password }),
    signOut: () => call('DELETE', '/session'),
  };
}
