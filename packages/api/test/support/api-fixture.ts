/**
 * The whole app over a temporary directory and a fake agent, asked without a socket. Requests carry what a browser on the
 * page sends; a test takes away or changes what it is about.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { makeTempDir } from '../../../../test/support/temp-dir.ts';
import { createApp } from '../../src/app.ts';
import { hashPassword } from '../../src/auth/password.ts';
import { isStillIn } from '../../src/auth/caller.ts';
import { readPasswordHash } from '../../src/auth/password-file.ts';
import type { ProxySignIn } from '../../src/auth/proxy-sign-in.ts';
import { createSessions } from '../../src/auth/sessions.ts';
import { createSignIn } from '../../src/auth/sign-in.ts';
import { createSetUpCode } from '../../src/auth/set-up-code.ts';
import { createThrottle } from '../../src/auth/throttle.ts';
import { createTokens, type Scope } from '../../src/auth/tokens.ts';
import { createImportSpool } from '../../src/import-spool.ts';
import type { Log } from '../../src/log.ts';
import { createOpenStreams } from '../../src/open-streams.ts';
import type { ApiEnv } from '../../src/request.ts';
import { createAgentSide } from './agent-side.ts';
import { startFakeAgent } from './fake-agent.ts';
import { createRecordingLog } from './recording-log.ts';
import { settledStatus } from './statuses.ts';

export const PASSWORD = 'correct horse';

/** As cheap as scrypt gets. */
export const CHEAP = { ln: 1, r: 1, p: 1 };

/** No time passes between a failed sign-in and the next one, however busy the machine is. */
export const standingStill = (): number => 0;

interface Options {
  readonly heartbeatMs?: number;
  readonly maxStreams?: number;
  readonly allowedHosts?: readonly string[];
  readonly proxySignIn?: ProxySignIn;
}

export type ApiFixture = Awaited<ReturnType<typeof createApiFixture>>;

export async function createApiFixture(options: Options = {}) {
  const directory = await makeTempDir();
  const { passwordFile, uiDirectory } = await layDown(directory.path);
  const log = createRecordingLog();
  const { link, stateFile, socketPath, ...agentSide } = createAgentSide(directory.path);
  const agent = await startFakeAgent(socketPath, { 'update.status': () => settledStatus() });
  const { importFile, spool } = createSpool(directory.path, log);
  const { setUpCode, ...registers } = await createAccounts(directory.path, passwordFile, log);
  const { sessions, tokens, signIn } = registers;
  const streams = createOpenStreams({
    heartbeatMs: options.heartbeatMs ?? 15_000,
    isStillIn: (caller) => isStillIn(caller, registers),
    maxStreams: options.maxStreams ?? 64,
  });
  const app = createApp({
    ...agentSide,
    streams,
    spool,
    ...registers,
    proxySignIn: options.proxySignIn ?? { header: 'remote-user', addresses: [], users: [] },
    log,
    version: '0.1.0',
    uiDirectories: [uiDirectory, join(directory.path, 'factory')],
    allowedHosts: options.allowedHosts ?? [],
    sessionMs: 600_000,
  });
  const request = createRequester(app);
  const cookie = async (): Promise<string> =>
    `pikit=${await signIn.signIn(PASSWORD, { address: 'test' })}`;
  const bearer = async (...scopes: readonly Scope[]): Promise<string> =>
    `Bearer ${(await tokens.create('test', scopes)).token}`;

  return {
    directory: directory.path,
    passwordFile,
    uiDirectory,
    stateFile,
    importFile,
    app,
    agent,
    log,
    streams,
    sessions,
    tokens,
    setUpCode,
    request,
    /** A `cookie` header's value of a new session. */
    cookie,
    /** An `authorization` header's value of a new token. */
    bearer,
    /** Signed in. */
    post: async (path: string, body?: unknown, headers: Headers = {}): Promise<Response> =>
      request(path, {
        method: 'POST',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: { cookie: await cookie(), ...headers },
      }),
    /** Signed in. */
    get: async (path: string): Promise<Response> =>
      request(path, { headers: { cookie: await cookie() } }),
    async stop() {
      streams.endAll();
      link.close();
      await agent.stop();
      await directory.remove();
    },
  };
}

async function layDown(directory: string) {
  const [passwordFile, uiDirectory] = [join(directory, 'password'), join(directory, 'ui')];
  await mkdir(uiDirectory);
  await writeFile(passwordFile, await hashPassword(PASSWORD, CHEAP));
  return { passwordFile, uiDirectory };
}

function createSpool(directory: string, log: Log) {
  const importFile = join(directory, 'import.tar');
  const limits = { maxBytes: 1_000_000, stallMs: 10_000 };
  return { importFile, spool: createImportSpool({ file: importFile, ...limits, log }) };
}

async function createAccounts(directory: string, passwordFile: string, log: Log) {
  const sessions = await createSessions({
    file: join(directory, 'sessions.json'),
    idleMs: 60_000,
    absoluteMs: 600_000,
    now: Date.now,
    steady: () => performance.now(),
    log,
  });
  const tokens = await createTokens({
    file: join(directory, 'tokens.json'),
    now: Date.now,
    log,
  });
  const setUpCode = createSetUpCode(standingStill);
  const signIn = createSignIn({
    readPasswordHash: () => readPasswordHash(passwordFile),
    writePassword: async (password) => writeFile(passwordFile, await hashPassword(password, CHEAP)),
    sessions,
    setUpCode,
    throttle: createThrottle(standingStill),
  });
  return { sessions, tokens, setUpCode, signIn };
}

/** `headers` with the value undefined are left out. */
function createRequester(app: Hono<ApiEnv>) {
  return (path: string, init: Init = {}, address?: string): Promise<Response> => {
    const usual: Headers =
      (init.method ?? 'GET') === 'GET'
        ? {}
        : { origin: 'http://pikit', 'content-type': 'application/json' };
    const headers = Object.entries({ host: 'pikit', ...usual, ...init.headers }).flatMap(
      ([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]),
    );
    const env = address === undefined ? {} : { incoming: { socket: { remoteAddress: address } } };
    return Promise.resolve(app.request(`http://pikit${path}`, { ...init, headers }, env));
  };
}

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Headers };
type Headers = Readonly<Record<string, string | undefined>>;
