/**
 * The whole route table on one screen. Every route goes through `mount`, which gives it the checks of its access level:
 * there is no other way to add one, so none can be forgotten.
 */
import { UpdateError } from '@pikit/protocol';
import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import type { Client } from './agent/client.ts';
import type { ReadHistory } from './agent/history-file.ts';
import type { Line } from './agent/line.ts';
import type { StatusFeed } from './agent/status-feed.ts';
import { serveAssets } from './assets.ts';
import type { SignIn } from './auth/sign-in.ts';
import type { ApiEnv, Handler } from './request.ts';
import type { Log } from './log.ts';
import { allowedHosts } from './middleware/allowed-hosts.ts';
import { authenticate, type Access } from './middleware/authenticate.ts';
import { jsonOnly, smallBody } from './middleware/json-body.ts';
import { requestLog } from './middleware/request-log.ts';
import { sameOrigin } from './middleware/same-origin.ts';
import { noStore, securityHeaders } from './middleware/security-headers.ts';
import type { OpenStreams } from './open-streams.ts';
import { getOpenApi } from './openapi.ts';
import { asUpdateError, problem } from './problem.ts';
import { postApply } from './routes/apply.ts';
import { getEvents } from './routes/events.ts';
import { getHealth } from './routes/health.ts';
import { getMetrics } from './routes/metrics.ts';
import { getNotes } from './routes/notes.ts';
import { deleteSession, getSession, postSession } from './routes/session.ts';
import { getHistory, getLog, getStatus } from './routes/status.ts';
import {
  postAuto,
  postCancel,
  postCheck,
  postRepair,
  postRollback,
  postVerify,
} from './routes/updates.ts';

export interface AppDeps {
  readonly line: Line;
  readonly client: Client;
  readonly feed: StatusFeed;
  readonly readHistory: ReadHistory;
  readonly streams: OpenStreams;
  readonly signIn: SignIn;
  readonly log: Log;
  readonly version: string;
  readonly uiDirectory: string;
  readonly allowedHosts: readonly string[];
  readonly sessionMs: number;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly access: Access;
  readonly handler: Handler;
}

const route =
  (method: Route['method']) =>
  (path: string, access: Access, handler: Handler): Route => ({ method, path, access, handler });
const get = route('GET');
const post = route('POST');
const remove = route('DELETE');

export function routes(deps: AppDeps): readonly Route[] {
  const { client, feed, streams, signIn, line, version, uiDirectory, sessionMs } = deps;
  return [
    get('/api/update/status', 'session', getStatus(feed)),
    get('/api/update/events', 'session', getEvents(feed, streams)),
    get('/api/update/history', 'session', getHistory(client)),
    get('/api/update/log', 'session', getLog(client)),
    get('/api/update/notes', 'session', getNotes(feed)),
    post('/api/update/check', 'session', postCheck(client)),
    post('/api/update/apply', 'session', postApply(client, feed, streams)),
    post('/api/update/cancel', 'session', postCancel(client)),
    post('/api/update/rollback', 'session', postRollback(client)),
    post('/api/update/verify', 'session', postVerify(client)),
    post('/api/update/repair', 'session', postRepair(client)),
    post('/api/update/auto', 'session', postAuto(client)),
    get('/api/session', 'public', getSession()),
    post('/api/session', 'public', postSession(signIn, sessionMs)),
    remove('/api/session', 'public', deleteSession(signIn, streams)),
    get('/api/health', 'public', getHealth(feed, line, version)),
    get(
      '/api/openapi.json',
      'public',
      getOpenApi(() => routes(deps)),
    ),
    get('/metrics', 'session', getMetrics(deps)),
    // The stable address under which another dashboard loads the element.
    get('/updates/*', 'public', serveAssets(uiDirectory, '/updates/')),
    get('/*', 'public', serveAssets(uiDirectory, '/')),
  ];
}

export function createApp(deps: AppDeps): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use(requestId({ limitLength: 64 }), requestLog(deps.log), securityHeaders);
  app.use(allowedHosts(deps.allowedHosts));
  app.use('/api/*', noStore);
  for (const route of routes(deps).filter((route) => route.path.startsWith('/api/'))) {
    mount(app, route, deps.signIn);
  }
  // Before the UI's catch-all, so that a misspelt call is a problem document and never a page.
  app.all('/api/*', (c) => problem(c, unknownRoute(), 404));
  for (const route of routes(deps).filter((route) => !route.path.startsWith('/api/'))) {
    mount(app, route, deps.signIn);
  }
  app.notFound((c) => problem(c, unknownRoute(), 404));
  app.onError((error, c) => {
    const known = asUpdateError(error);
    const line = `${c.req.method} ${c.req.path.slice(0, 200)} ${known.code} id=${c.get('requestId')}`;
    if (known.code === 'internal') deps.log.error(line, error);
    else deps.log.warning(`${line} ${describeBriefly(known)}`);
    return problem(c, known);
  });
  return app;
}

function mount(app: Hono<ApiEnv>, { method, path, access, handler }: Route, signIn: SignIn): void {
  const changes = method === 'GET' ? [] : [sameOrigin, jsonOnly, smallBody];
  app.on([method], [path], ...changes, authenticate(signIn, access), handler);
}

function unknownRoute(): UpdateError {
  return new UpdateError('invalid-request', 'no such route', { details: { reason: 'route' } });
}

/** Refusals are no bugs: without a stack, but with what lies beneath. */
function describeBriefly(error: UpdateError): string {
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
