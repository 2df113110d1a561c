/**
 * One request to the api and what its answer means: a value or a problem, never an exception. It knows no route. Answers are
 * trusted as they are, because the api has passed them through their schemas.
 */
import type { Problem, ProblemCode } from './situation.ts';

export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly headers: Headers }
  | { readonly ok: false; readonly error: Problem };

export interface Api {
  /** The path of the api, such as `/api`. */
  readonly base: string;
  /** As the platform has it. */
  readonly fetch: typeof globalThis.fetch;
}

export type Call = <T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  patienceMs?: number,
) => Promise<Answer<T>>;

/** A half-open connection must not hold the page for minutes; a check may take as long as the release server does. */
const READ_TIMEOUT_MS = 15_000;
const WRITE_TIMEOUT_MS = 120_000;
/** Codes by which a proxy says that the api behind it is not up (nginx while a service restarts). */
const AWAY: readonly number[] = [502, 503, 504];

const isJson = ({ headers }: Response): boolean =>
  (headers.get('content-type') ?? '').includes('json');

/** Of an answer that is none of the api's. */
function foreignCode({ ok, status }: Response): ProblemCode {
  // Where an address leads nowhere, a web server says so, or shows the page that it has for everything.
  if (ok || status === 404) return 'no-api';
  if (status === 401) return 'unauthenticated';
  // A proxy has limits of its own, and refuses before the api is asked.
  if (status === 413) return 'too-large';
  return AWAY.includes(status) ? 'no-connection' : 'internal';
}

async function problemOf(response: Response): Promise<Problem> {
  if (!isJson(response)) return { code: foreignCode(response), details: {} };
  const body = (await response.json()) as Partial<Record<string, unknown>>;
  const details = (body['details'] ?? {}) as Problem['details'];
  const wait = Number(response.headers.get('retry-after'));
  return {
    code: typeof body['code'] === 'string' ? (body['code'] as ProblemCode) : foreignCode(response),
    details: wait > 0 ? { ...details, retryAfter: wait } : details,
  };
}

export async function answerOf<T>(request: () => Promise<Response>): Promise<Answer<T>> {
  try {
    const response = await request();
    const { ok, status } = response;
    if (!ok || (status !== 204 && !isJson(response))) {
      return { ok: false, error: await problemOf(response) };
    }
    const value = (status === 204 ? undefined : await response.json()) as T;
    return { ok: true, value, headers: response.headers };
  } catch {
    // because the browser tells a page neither why nor what: no network, an api that restarts, an answer cut in two.
    return { ok: false, error: { code: 'no-connection', details: {} } };
  }
}

export function createCall({ base, fetch }: Api): Call {
  return async (method, path, body = {}, patienceMs = WRITE_TIMEOUT_MS) => {
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
}
