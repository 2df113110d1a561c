/**
 * The whole route table on one screen. Every route goes through `mount`, which gives it the checks of its access level:
 * there is no other way to add one, so none can be forgotten.
 */
import { UpdateError } from '@pikit/protocol';
import { Hono } from 'hono';
import type { Client } from './agent/client.ts';
import type { ReadHistory } from './agent/history-file.ts';
import type { Line } from './agent/line.ts';
import type { StatusFeed } from './agent/status-feed.ts';
import { serveAssets } from './assets.ts';
import { accessOf, isOpen, type Access } from './auth/caller.ts';
import type { Sessions } from './auth/sessions.ts';
import type { SignIn } from './auth/sign-in.ts';
import type { Tokens } from './auth/tokens.ts';
import type { ImportSpool } from './import-spool.ts';
import { loggedPath, setHeader, type ApiEnv, type Handler } from './request.ts';
import { describeBriefly, type Log } from './log.ts';
import { allowedHosts } from './middleware/allowed-hosts.ts';
import { authorize, identify, type WaysIn } from './middleware/authenticate.ts';
import { headRequest } from './middleware/head-request.ts';
import { fileOnly, jsonOnly, smallBody } from './middleware/json-body.ts';
import { requestId } from './middleware/request-id.ts';
import { requestLog } from './middleware/request-log.ts';
import { sameOrigin, sameOriginOrToken } from './middleware/same-origin.ts';
import { noStore, securityHeaders } from './middleware/security-headers.ts';
import type { OpenStreams } from './open-streams.ts';
import { getOpenApi } from './openapi.ts';
import { asUpdateError, problem } from './problem.ts';
import {
  deleteOneSession,
  deleteOtherSessions,
  deleteToken,
  getSessions,
  getTokens,
  postToken,
} from './routes/accounts.ts';
import { postApply } from './routes/apply.ts';
import { getEvents } from './routes/events.ts';
import { getHealth } from './routes/health.ts';
import { getImport, postImport } from './routes/import.ts';
import { getMetrics } from './routes/metrics.ts';
import { getNotes } from './routes/notes.ts';
import {
  deleteSession,
  getSession,
  postPassword,
  postSession,
  postSetUp,
} from './routes/session.ts';
import { getHistory, getLog, getStatus } from './routes/status.ts';
import {
  postAuto,
  postCancel,
  postCheck,
  postRepair,
  postRollback,
  postSkip,
  postVerify,
} from './routes/updates.ts';

export interface AppDeps extends WaysIn {
  readonly line: Line;
  readonly client: Client;
  readonly feed: StatusFeed;
  readonly readHistory: ReadHistory;
  readonly streams: OpenStreams;
  readonly spool: ImportSpool;
  readonly signIn: SignIn;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly log: Log;
  readonly version: string;
  /** The page, and then where those of earlier releases may lie. */
  readonly uiDirectories: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly sessionMs: number;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly access: Access;
  readonly handler: Handler;
  /** What it takes. */
  readonly body: 'json' | 'file';
}

const route =
  (method: Route['method'], body: Route['body'] = 'json') =>
  (path: string, access: Access, handler: Handler): Route => ({
    method,
    path,
    access,
    handler,
    body,
  });
const get = route('GET');
const post = route('POST');
const postFile = route('POST', 'file');
const remove = route('DELETE');

export function routes(deps: AppDeps): readonly Route[] {
  const { client, feed, streams, signIn, sessions, tokens, line, version, uiDirectories } = deps;
  return [
    get('/api/update/status', accessOf('update.status'), getStatus(feed)),
    get('/api/update/events', accessOf('update.status'), getEvents(feed, streams)),
    get('/api/update/history', accessOf('update.history'), getHistory(client)),
    get('/api/update/log', accessOf('update.log'), getLog(client)),
    get('/api/update/notes', accessOf('update.status'), getNotes(feed)),
    post('/api/update/check', accessOf('update.check'), postCheck(client)),
    post('/api/update/apply', accessOf('update.apply'), postApply(client, feed, streams)),
    get('/api/update/import', accessOf('update.import'), getImport(deps)),
    postFile('/api/update/import', accessOf('update.import'), postImport(deps)),
    post('/api/update/cancel', accessOf('update.cancel'), postCancel(client)),
    post('/api/update/rollback', accessOf('update.rollback'), postRollback(client)),
    post('/api/update/verify', accessOf('update.verify'), postVerify(client)),
    post('/api/update/repair', accessOf('update.repair'), postRepair(client)),
    post('/api/update/auto', accessOf('update.auto'), postAuto(client)),
    post('/api/update/skip', accessOf('update.skip'), postSkip(client)),
    get('/api/session', 'door', getSession(signIn)),
    post('/api/session', 'door', postSession(deps)),
    remove('/api/session', 'door', deleteSession(deps)),
    post('/api/session/setup', 'door', postSetUp(deps)),
    post('/api/session/password', 'owner', postPassword(deps)),
    get('/api/session/all', 'owner', getSessions(signIn)),
    remove('/api/session/all/:id', 'owner', deleteOneSession(sessions, streams)),
    remove('/api/session/others', 'owner', deleteOtherSessions(sessions, streams)),
    get('/api/session/tokens', 'owner', getTokens(tokens)),
    post('/api/session/tokens', 'owner', postToken(tokens)),
    remove('/api/session/tokens/:id', 'owner', deleteToken(tokens, streams)),
    get('/api/health', 'public', getHealth(feed, line, version)),
    get(
      '/api/openapi.json',
      'public',
      getOpenApi(() => routes(deps)),
    ),
    get('/metrics', accessOf('update.status'), getMetrics(deps)),
    // The stable address under which another dashboard loads the element.
    get('/updates/*', 'public', serveAssets(uiDirectories, '/updates/')),
    get('/*', 'public', serveAssets(uiDirectories, '/')),
  ];
}

export function createApp(deps: AppDeps): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use(requestId, requestLog(deps.log), securityHeaders, headRequest);
  app.use(allowedHosts(deps.allowedHosts));
  app.use('/api/*', noStore);
  const table = routes(deps);
  mountAll(app, table.filter(isCall), deps);
  // Before the UI's catch-all, so that a misspelt call is a problem document and never a page.
  app.all('/api/*', (c) => problem(c, unknownRoute(), 404));
  mountAll(
    app,
    table.filter((route) => !isCall(route)),
    deps,
  );
  app.notFound((c) => problem(c, unknownRoute(), 404));
  app.onError((error, c) => {
    const known = asUpdateError(error);
    const line = `${c.req.method} ${loggedPath(c)} ${known.code} id=${c.get('requestId')}`;
    if (known.code === 'internal') deps.log.error(line, error);
    else deps.log.warning(`${line} ${describeBriefly(known)}`);
    return problem(c, known);
  });
  return app;
}

const isCall = ({ path }: Route): boolean => path.startsWith('/api/');

/** Behind the routes of a path stands what refuses every other method there, and says which ones there are (RFC 9110, 15.5.6). */
function mountAll(app: Hono<ApiEnv>, table: readonly Route[], ways: WaysIn): void {
  const allowed = new Map<string, string>();
  for (const { method, path } of table) {
    const name = method === 'GET' ? 'GET, HEAD' : method;
    const before = allowed.get(path);
    allowed.set(path, before === undefined ? name : `${before}, ${name}`);
  }
  for (const route of table) mount(app, route, ways);
  for (const [path, methods] of allowed) {
    app.all(path, (c) => {
      setHeader(c, 'Allow', methods);
      return problem(c, unknownMethod(), 405);
    });
  }
}

function mount(app: Hono<ApiEnv>, route: Route, ways: WaysIn): void {
  const { method, path, access, handler } = route;
  const origin = isOpen(access) ? sameOrigin : sameOriginOrToken;
  const body = route.body === 'file' ? [fileOnly] : [jsonOnly, smallBody];
  const changes = method === 'GET' ? [] : [origin, ...body];
  const who = access === 'public' ? [] : [identify(ways)];
  app.on([method], [path], ...who, ...changes, authorize(access), handler);
}

function unknownMethod(): UpdateError {
  return new UpdateError('invalid-request', 'no such method', { details: { reason: 'method' } });
}

function unknownRoute(): UpdateError {
  return new UpdateError('invalid-request', 'no such route', { details: { reason: 'route' } });
}
