/** A signed-in browser without a screen: talks to the HTTP api as the dashboard's page does, cookie and origin included. */
import { StatusSchema, type Status, type TransactionResult } from '@pikit/protocol';
import * as v from 'valibot';
import { waitFor } from './wait-for.ts';

export interface Answer {
  readonly status: number;
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown;
}

export interface ApiClient {
  /** Keeps the cookie that it is given for every later call. */
  signIn(password: string): Promise<Answer>;
  /** What it keeps, for a request that another one sends; empty before. */
  cookie(): string;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** A release file, as the page sends it. */
  upload(file: Uint8Array): Promise<Answer>;
  /** The snapshot, checked against the protocol's schema. */
  status(): Promise<Status>;
  /**
   * Posts a command that begins a transaction, and waits for its end. Rejects when it is refused; a transaction that
   * fails is an answer, not a rejection. A page that is away for a moment, as during a restart, is asked again.
   */
  carryOut(path: string, body?: unknown, timeoutMs?: number): Promise<TransactionResult>;
}

interface Sent {
  readonly type: string;
  readonly content: string | Uint8Array;
}

const asJson = (body: unknown): Sent => ({
  type: 'application/json',
  content: JSON.stringify(body),
});

const BegunSchema = v.object({ transaction: v.string() });

/** `url` without a slash at the end; the front server's or the api's own. */
export function createApiClient(url: string): ApiClient {
  let cookie = '';
  const send = async (method: string, path: string, body?: Sent): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        origin: url,
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': body.type }),
      },
      ...(body === undefined ? {} : { body: body.content }),
    });
    const [given] = response.headers.getSetCookie();
    if (given !== undefined) cookie = given.split(';')[0] ?? '';
    return { status: response.status, body: parsed(await response.text()) };
  };
  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    send(method, path, body === undefined ? undefined : asJson(body));
  const client: ApiClient = {
    signIn: (password) => ask('POST', '/api/session', { password }),
    cookie: () => cookie,
    get: (path) => ask('GET', path),
    post: (path, body = {}) => ask('POST', path, body),
    delete: (path) => ask('DELETE', path),
    upload: (file) =>
      send('POST', '/api/update/import', { type: 'application/x-tar', content: file }),
    async status() {
      const { status, body } = await ask('GET', '/api/update/status');
      if (status !== 200) throw new Error(`status answered ${status}: ${JSON.stringify(body)}`);
      return v.parse(StatusSchema, body);
    },
    async carryOut(path, body, timeoutMs = 60_000) {
      const answer = await client.post(path, body);
      if (answer.status !== 202) {
        throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      const { transaction } = v.parse(BegunSchema, answer.body);
      const ended = async (): Promise<TransactionResult | undefined> => {
        const { last_result: last } = await client.status();
        return last?.id === transaction ? last : undefined;
      };
      return waitFor(`the end of transaction ${transaction}`, ended, { timeoutMs, everyMs: 100 });
    },
  };
  return client;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // because a proxy's error page is not JSON and still worth showing
  }
}
