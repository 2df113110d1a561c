/**
 * The api as a process of its own, asked over real sockets, with a fake agent behind it. Requests are written by hand, header by
 * header, because clients correct what an attacker would send.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { MethodName } from '@pikit/protocol';
import { hashPassword } from '../../../packages/api/src/auth/password.ts';
import { startFakeAgent, type FakeAgent } from '../../../packages/api/test/support/fake-agent.ts';
import { settledStatus } from '../../../packages/api/test/support/statuses.ts';
import { examples } from '../../../packages/protocol/test/examples.ts';
import { lastWords, startChild } from '../../support/child.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

export const PASSWORD = 'correct horse battery';

/** As cheap as scrypt gets. */
const CHEAP = { ln: 1, r: 1, p: 1 };
const PATIENCE_MS = 20_000;

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty for an event stream, which is left as soon as it begins. */
  readonly text: string;
}

/** Undefined leaves a header out that would be there otherwise; a list sends it more than once. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Request {
  readonly headers?: Headers;
  readonly body?: string;
}

export interface RunningApi {
  readonly directory: string;
  readonly agent: FakeAgent;
  port(): number;
  /** `http://127.0.0.1:PORT`. */
  url(): string;
  /** What it has printed, which is its log. */
  output(): string;
  /** Only `Host` is there by itself. */
  ask(method: string, path: string, more?: Request): Promise<Reply>;
  /** As the page asks: from its origin, and with JSON. */
  write(method: string, path: string, body?: unknown, headers?: Headers): Promise<Reply>;
  /** Bytes as they are, and what comes back until the other end hangs up. */
  speak(text: string): Promise<string>;
  /** The `cookie` header's value of a new session. */
  cookie(): Promise<string>;
  /** The `authorization` header's value of a token; made once for each set of scopes. */
  bearer(...scopes: readonly ('read' | 'update')[]): Promise<string>;
  /** Ends it in good order, lets `change` do something to its files, and starts it again. */
  restart(change?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface ApiOptions {
  /** Null: none is set yet. */
  readonly password?: string | null;
  readonly cost?: typeof CHEAP;
  /** Lines of api.toml before its tables, and tables. */
  readonly settings?: string;
  readonly tables?: string;
}

/** `program` is the bundled api. */
export async function startApi(program: string, options: ApiOptions = {}): Promise<RunningApi> {
  const { password = PASSWORD, cost = CHEAP } = options;
  const temporary = await makeTempDir();
  const directory = temporary.path;
  const config = join(directory, 'api.toml');
  await writeFile(config, settingsOf(directory, options));
  await mkdir(join(directory, 'ui/assets'), { recursive: true });
  await writeFile(join(directory, 'ui/index.html'), '<h1>Updates</h1>');
  await writeFile(join(directory, 'ui/assets/app-0a1b2c3d.js'), 'export {};');
  if (password !== null) {
    await writeFile(join(directory, 'password'), await hashPassword(password, cost));
  }
  const agent = await startFakeAgent(join(directory, 'agent.sock'), goodAnswers());
  const begin = () =>
    startChild({ name: 'api', args: [program, '--config', config], env: process.env });
  let child = begin();
  let url = '';
  const listening = async (): Promise<void> => {
    url = await waitFor(
      `the api to listen: ${lastWords(child)}`,
      () => /listening on (http:\S+)/.exec(child.output())?.[1],
    );
  };
  const bearers = new Map<string, string>();

  const api: RunningApi = {
    directory,
    agent,
    port: () => Number(new URL(url).port),
    url: () => url,
    output: () => child.output(),
    ask: (method, path, more = {}) => ask(api.port(), method, path, more),
    write: (method, path, body, headers = {}) =>
      api.ask(method, path, {
        headers: { origin: url, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    speak: (text) => speak(api.port(), text),
    async cookie() {
      const reply = await api.write('POST', '/api/session', { password });
      return cookieOf(reply);
    },
    async bearer(...scopes) {
      const key = scopes.join(' ');
      const made = bearers.get(key) ?? (await makeToken(api, scopes));
      bearers.set(key, made);
      return made;
    },
    async restart(change) {
      await child.stop();
      await change?.();
      child = begin();
      await listening();
    },
    async stop() {
      await child.stop();
      await agent.stop();
      await temporary.remove();
    },
  };
  await listening();
  return api;
}

/** A try from an address, as a proxy on this machine names it. */
export function signIn(api: RunningApi, password: unknown, from = '127.0.0.1'): Promise<Reply> {
  return api.write('POST', '/api/session', { password }, { 'x-forwarded-for': from });
}

/** A body as it is, for a route that reads one, with a session. */
export async function writeSettings(
  api: RunningApi,
  body: string,
  headers: Headers = {},
): Promise<Reply> {
  const cookie = await api.cookie();
  const usual = { cookie, origin: api.url(), 'content-type': 'application/json' };
  return api.ask('POST', '/api/update/auto', { body, headers: { ...usual, ...headers } });
}

function settingsOf(directory: string, { settings = '', tables = '' }: ApiOptions): string {
  const at = (key: string, name: string): string =>
    `${key} = ${JSON.stringify(join(directory, name))}`;
  return [
    at('agent_socket', 'agent.sock'),
    at('state_file', 'state.json'),
    at('password_file', 'password'),
    at('session_file', 'state/sessions.json'),
    at('token_file', 'state/tokens.json'),
    at('ui_directory', 'ui'),
    settings,
    '[listen]\nport = 0',
    '[import]',
    at('file', 'state/import.tar'),
    tables,
  ].join('\n');
}

/** An agent to whom every call succeeds. */
export function goodAnswers(): Partial<Record<MethodName, () => unknown>> {
  const answers = Object.entries(examples)
    .filter(([method]) => method.startsWith('update.'))
    .map(([method, { result }]) => [method, () => result.good] as const);
  return {
    ...Object.fromEntries(answers),
    'update.status': settledStatus,
    'update.check': settledStatus,
    'update.verify': settledStatus,
  };
}

export function cookieOf(reply: Reply): string {
  const [cookie] = reply.headers['set-cookie'] ?? [];
  const pair = cookie?.split(';')[0];
  if (pair === undefined) throw new Error(`no cookie: ${reply.status} ${reply.text}`);
  return pair;
}

async function makeToken(api: RunningApi, scopes: readonly string[]): Promise<string> {
  const headers = { cookie: await api.cookie() };
  const reply = await api.write('POST', '/api/session/tokens', { name: 'a', scopes }, headers);
  const { token } = JSON.parse(reply.text) as { readonly token: string };
  return `Bearer ${token}`;
}

function ask(port: number, method: string, path: string, more: Request): Promise<Reply> {
  const hasNoLength = more.body === undefined || more.headers?.['transfer-encoding'] !== undefined;
  const named = Object.entries({
    host: `127.0.0.1:${port}`,
    ...(hasNoLength ? {} : { 'content-length': String(Buffer.byteLength(more.body ?? '')) }),
    ...more.headers,
  });
  const headers = Object.fromEntries(
    named.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
    outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new Error(`${method} ${path} hangs`)));
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      let text = '';
      const done = (): void =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
      if (method !== 'HEAD' && incoming.headers['content-type'] === 'text/event-stream') {
        done();
        outgoing.destroy();
        return;
      }
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.once('end', done);
    });
    outgoing.end(more.body);
  });
}

function speak(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write(text));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('nobody hangs up')));
    socket.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
    socket.once('error', reject);
    socket.once('close', () => resolve(heard));
  });
}
