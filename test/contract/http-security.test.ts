/**
 * What the api owes whoever is on the same network: one row a requirement of OWASP's ASVS 4.0.3, or of our own where that has no
 * sentence for it, and every route of the real table tried by those who may not use it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes, type AppDeps } from '../../packages/api/src/app.ts';
import { bundle } from '../../packages/api/test/support/bundle.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { ACCOUNT_ROWS } from './http/account-rows.ts';
import { ERROR_ROWS } from './http/error-rows.ts';
import { FILE_ROWS } from './http/file-rows.ts';
import { GUESSING_ROWS } from './http/guessing-rows.ts';
import { ORIGIN_ROWS } from './http/origin-rows.ts';
import { REQUEST_ROWS } from './http/request-rows.ts';
import { expectProblem, type Row } from './http/row.ts';
import { startApi, type RunningApi } from './http/running-api.ts';
import { SESSION_ROWS } from './http/session-rows.ts';

let directory: TempDir;
let program: string;
let api: RunningApi;
beforeAll(async () => {
  directory = await makeTempDir();
  const source = join(repositoryRoot(), 'packages/api/src/main.ts');
  program = await bundle(source, join(directory.path, 'pikit-api.mjs'));
  api = await startApi(program);
});
afterAll(async () => {
  await api.stop();
  await directory.remove();
});

const tryRow = async (row: Row): Promise<void> => {
  if (row.with === undefined) return row.holds(api);
  const own = await startApi(program, row.with);
  try {
    await row.holds(own);
  } finally {
    await own.stop();
  }
};

describe.each([
  ['sessions', SESSION_ROWS],
  ['guessing', GUESSING_ROWS],
  ['accounts', ACCOUNT_ROWS],
  ['other web pages', ORIGIN_ROWS],
  ['requests', REQUEST_ROWS],
  ['files', FILE_ROWS],
  ['errors', ERROR_ROWS],
] as const)('%s', (_chapter, rows) => {
  it.each(rows)('$id: $requires', async (row) => {
    expect.hasAssertions();
    await tryRow(row);
  });
});

/** Every route that there is, and whom it is for. A new one has no line here, and that fails. */
const ROUTES: Readonly<Record<string, 'public' | 'door' | 'read' | 'update' | 'owner'>> = {
  'GET /api/update/status': 'read',
  'GET /api/update/events': 'read',
  'GET /api/update/history': 'read',
  'GET /api/update/log': 'read',
  'GET /api/update/notes': 'read',
  'POST /api/update/check': 'update',
  'POST /api/update/apply': 'update',
  'GET /api/update/import': 'update',
  'POST /api/update/import': 'update',
  'POST /api/update/cancel': 'update',
  'POST /api/update/rollback': 'update',
  'POST /api/update/verify': 'update',
  'POST /api/update/repair': 'update',
  'POST /api/update/auto': 'update',
  'POST /api/update/skip': 'update',
  'GET /api/session': 'door',
  'POST /api/session': 'door',
  'DELETE /api/session': 'door',
  'POST /api/session/setup': 'door',
  'POST /api/session/password': 'owner',
  'GET /api/session/all': 'owner',
  'DELETE /api/session/all/:id': 'owner',
  'DELETE /api/session/others': 'owner',
  'GET /api/session/tokens': 'owner',
  'POST /api/session/tokens': 'owner',
  'DELETE /api/session/tokens/:id': 'owner',
  'GET /api/health': 'public',
  'GET /api/openapi.json': 'public',
  'GET /metrics': 'read',
  'GET /updates/*': 'public',
  'GET /*': 'public',
};

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
}

const { paths } = JSON.parse(readFileSync(join(repositoryRoot(), 'docs/openapi.json'), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

const table = routes({} as AppDeps).map(({ method, path, access }) => {
  const operation = paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  return {
    name: `${method} ${path}`,
    method,
    path: path.replaceAll(/:\w+|\*/g, 'x'),
    access,
    isDocumented: operation !== undefined,
    // What takes no body takes one of JSON, and does not look at it.
    types: Object.keys(operation?.requestBody?.content ?? { 'application/json': {} }),
  };
});
const guarded = table.filter(({ access }) => access !== 'public' && access !== 'door');
const writes = table.filter(({ method }) => method !== 'GET');

describe('the route table', () => {
  it('is the one that is tried here, route by route', () => {
    expect(Object.fromEntries(table.map(({ name, access }) => [name, access]))).toEqual(ROUTES);
  });

  it('is documented, but for the page', () => {
    const missing = table.filter(({ isDocumented }) => !isDocumented).map(({ name }) => name);
    expect(missing).toEqual(['GET /updates/*', 'GET /*']);
    const documented = Object.values(paths).flatMap((operations) => Object.keys(operations));
    expect(documented).toHaveLength(table.length - missing.length);
  });
});

/** The call that a route makes on the agent, if any, must not have come: only the greeting may. */
const expectNoCall = async (work: () => Promise<void>): Promise<void> => {
  const before = api.agent.calls.length;
  await work();
  const since = api.agent.calls.slice(before);
  expect(since.filter((call) => call !== 'agent.hello' && call !== 'update.status')).toEqual([]);
};

describe.each(table)('$name', ({ method, path, access }) => {
  it('answers to no foreign name, whoever asks', async () => {
    const cookie = await api.cookie();
    await expectNoCall(async () => {
      for (const host of ['evil.example', `evil.example:${api.port()}`]) {
        const headers = { cookie, host, origin: `http://${host}` };
        const reply = await api.ask(method, path, { headers });
        expectProblem(reply, 403, 'forbidden', { reason: 'unknown-host' });
      }
    });
  });

  it('tells no other origin that it may read the answer', async () => {
    const headers = { cookie: await api.cookie(), origin: 'http://evil.example' };
    const reply = await api.ask(method, path, { headers });
    expect(Object.keys(reply.headers).join(' ')).not.toContain('access-control');
    expect(reply.headers['content-security-policy']).toContain("default-src 'self'");
    expect(reply.status < 500).toBe(true);
    expect(reply.status === 403).toBe(method !== 'GET');
    expect(access).toBeDefined();
  });
});

describe.each(guarded)('$name', ({ method, path, access, types: [type] }) => {
  it.each([
    ['nothing', {}],
    ['a session that is none', { cookie: `pikit=${'A'.repeat(43)}` }],
    ['a token that is none', { authorization: `Bearer pikit_${'A'.repeat(43)}` }],
    ['the wrong scheme', { authorization: 'Basic cGlraXQ6cGlraXQ=' }],
  ])('is closed to whoever shows %s', async (_what, shown) => {
    await expectNoCall(async () => {
      const reply = await api.write(method, path, undefined, { 'content-type': type, ...shown });
      expectProblem(reply, 401, 'unauthenticated');
      expect(reply.headers['www-authenticate']).toBe('Bearer');
    });
  });

  it('is closed to a token that is for something else', async () => {
    const wrong = access === 'read' ? ['update' as const] : ['read' as const];
    const scopes = access === 'owner' ? (['read', 'update'] as const) : wrong;
    const authorization = await api.bearer(...scopes);
    const cookie = await api.cookie();
    await expectNoCall(async () => {
      const shown = { 'content-type': type, authorization, cookie };
      const reply = await api.write(method, path, undefined, shown);
      expectProblem(reply, 403, 'forbidden', { reason: 'scope', needed: access });
    });
  });
});

describe.each(writes)('$name', ({ method, path, types }) => {
  it.each([
    ['another site', { origin: 'http://evil.example' }],
    ['a frame in a sandbox', { origin: 'null' }],
    ['nowhere', { origin: undefined }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour, as the browser says', { 'sec-fetch-site': 'same-site' }],
  ])('is closed to a page of %s', async (_where, headers) => {
    const cookie = await api.cookie();
    await expectNoCall(async () => {
      const reply = await api.write(method, path, {}, { cookie, ...headers });
      expectProblem(reply, 403, 'forbidden', { reason: 'other-origin' });
    });
  });

  it('takes no body of a type that a form could send, nor any but its own', async () => {
    const cookie = await api.cookie();
    const others = [
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'text/plain',
      'application/xml',
    ];
    await expectNoCall(async () => {
      for (const type of others.filter((each) => !types.includes(each))) {
        const reply = await api.write(method, path, {}, { cookie, 'content-type': type });
        expect([400, 415]).toContain(reply.status);
        expectProblem(reply, reply.status, 'invalid-request', { reason: 'content-type' });
      }
    });
  });
});
