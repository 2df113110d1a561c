/** The route table as a whole: who may do what, and how it refuses. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UpdateError } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { routes, type AppDeps } from '../src/app.ts';
import { isOpen } from '../src/auth/caller.ts';
import { createApiFixture, type ApiFixture } from './support/api-fixture.ts';

// The handlers are not called; only the table is read.
const table = routes({} as AppDeps);
const guarded = table.filter(({ access }) => !isOpen(access));
const writes = table.filter(({ method }) => method !== 'GET');

const typeOf = ({ body }: (typeof table)[number]): Readonly<Record<string, string>> =>
  body === 'file' ? { 'content-type': 'application/x-tar' } : {};

const needs = (access: string) =>
  table.filter((route) => route.access === access).map(({ method, path }) => `${method} ${path}`);

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

const idFor = async (id: string) =>
  (await api.request('/api/health', { headers: { 'x-request-id': id } })).headers.get(
    'x-request-id',
  );

describe('the route table', () => {
  it('leaves public only what leads to a session, says nothing secret, or is the page', () => {
    expect(needs('public').sort()).toEqual([
      'GET /*',
      'GET /api/health',
      'GET /api/openapi.json',
      'GET /updates/*',
    ]);
    expect(needs('door').sort()).toEqual([
      'DELETE /api/session',
      'GET /api/session',
      'POST /api/session',
      'POST /api/session/setup',
    ]);
  });

  it.each(guarded)('$method $path needs somebody who is in', async (route) => {
    const { method, path } = route;
    const answer = await api.request(path, { method, headers: typeOf(route) });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated' });
    expect(api.agent.calls).toEqual([]);
  });

  it('takes from the protocol what each route of an update needs', () => {
    expect(needs('read').sort()).toEqual([
      'GET /api/update/events',
      'GET /api/update/history',
      'GET /api/update/log',
      'GET /api/update/notes',
      'GET /api/update/status',
      'GET /metrics',
    ]);
    expect(needs('update').filter((route) => !route.startsWith('POST /api/update/'))).toEqual([
      'GET /api/update/import',
    ]);
    expect(needs('owner').every((route) => route.includes(' /api/session/'))).toBe(true);
  });

  it.each(guarded)(
    '$method $path is closed to a token that is for something else',
    async (route) => {
      const { method, path, access } = route;
      const authorization = await api.bearer(access === 'read' ? 'update' : 'read');
      const headers = { authorization, ...typeOf(route) };
      const answer = await api.request(path, { method, headers });
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ details: { reason: 'scope', needed: access } });
      expect(api.agent.calls).toEqual([]);
    },
  );

  it.each(table.filter(({ access }) => access === 'owner'))(
    '$method $path is closed to every token',
    async ({ method, path }) => {
      const authorization = await api.bearer('read', 'update');
      // Nor does the session beside it help.
      const headers = { authorization, cookie: await api.cookie() };
      const answer = await api.request(path, { method, headers });
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'forbidden' });
    },
  );

  it.each(writes)('$method $path refuses another origin', async ({ method, path }) => {
    const cookie = await api.cookie();
    const headers = { cookie, origin: 'http://evil.example' };
    const answer = await api.request(path, { method, headers });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ details: { reason: 'other-origin' } });
    expect(api.agent.calls).toEqual([]);
  });

  it.each(writes)('$method $path refuses a form', async ({ method, path }) => {
    const headers = {
      cookie: await api.cookie(),
      'content-type': 'application/x-www-form-urlencoded',
    };
    const answer = await api.request(path, { method, headers, body: 'a=1' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ details: { reason: 'content-type' } });
    expect(api.agent.calls).toEqual([]);
  });

  it.each(writes.filter(({ body }) => body === 'json'))(
    '$method $path refuses a large body',
    async ({ method, path }) => {
      const headers = { cookie: await api.cookie() };
      const body = JSON.stringify('x'.repeat(20_000));
      expect((await api.request(path, { method, headers, body })).status).toBe(413);
      expect(api.agent.calls).toEqual([]);
    },
  );
});

describe('createApp', () => {
  it.each([
    ['GET', '/api/nowhere'],
    ['GET', '/api/update'],
    ['GET', '/api/'],
  ])('answers %s %s with a problem and not with a page', async (method, path) => {
    const answer = await api.request(path, { method });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({
      code: 'invalid-request',
      details: { reason: 'route' },
    });
  });

  it.each([
    ['PUT', '/api/update/status', 'GET, HEAD'],
    ['OPTIONS', '/api/update/status', 'GET, HEAD'],
    ['GET', '/api/update/apply', 'POST'],
    ['HEAD', '/api/update/apply', 'POST'],
    ['PUT', '/api/session', 'GET, HEAD, POST, DELETE'],
    ['GET', '/api/session/all/x', 'DELETE'],
    ['POST', '/metrics', 'GET, HEAD'],
    ['POST', '/updates/a.js', 'GET, HEAD'],
    ['PATCH', '/', 'GET, HEAD'],
  ])('answers %s %s with 405 and what is allowed', async (method, path, allow) => {
    const answer = await api.request(path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const document = { code: 'invalid-request', details: { reason: 'method' } };
    if (method !== 'HEAD') expect(await answer.json()).toMatchObject(document);
  });

  it('logs a bug under the id that the answer carries, and nothing of it leaves', async () => {
    Object.assign(api.sessions, {
      list: () => {
        throw new TypeError('nobody foresaw this');
      },
    });
    const answer = await api.get('/api/session/all');
    expect(answer.status).toBe(500);
    const { code, details, requestId } = (await answer.json()) as Record<string, unknown>;
    expect({ code, details }).toEqual({ code: 'internal', details: {} });
    const line = api.log.lines.find((each) => each.startsWith('<3>'));
    expect(line).toContain('nobody foresaw this');
    expect(line).toContain(`id=${String(requestId)}`);
  });

  it('says of a password file that cannot be read what it is, and tells nobody its path', async () => {
    const cookie = await api.cookie();
    await rm(api.passwordFile);
    await mkdir(api.passwordFile);
    const answer = await api.request('/api/update/status', { headers: { cookie } });
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({
      code: 'config-invalid',
      details: { key: 'password_file', reason: 'cannot be read' },
    });
    expect(text).not.toContain(api.directory);
    const line = api.log.lines.find((each) => each.startsWith('<4>'));
    expect(line).toContain('EISDIR');
    expect(line).not.toContain(' at ');
  });

  it.each(['/', '/updates/', '/api/health', '/api/openapi.json'])(
    'shows %s to whoever was signed in when the password file became unreadable',
    async (path) => {
      await writeFile(join(api.uiDirectory, 'index.html'), 'the page');
      const cookie = await api.cookie();
      await rm(api.passwordFile);
      await mkdir(api.passwordFile);
      expect((await api.request(path, { headers: { cookie } })).status).toBe(200);
    },
  );

  it('logs a refusal as a warning without a stack', async () => {
    api.agent.answer('update.check', () => {
      throw new UpdateError('offline', 'no');
    });
    await api.post('/api/update/check');
    const line = api.log.lines.find((each) => each.startsWith('<4>'));
    expect(line).toContain('POST /api/update/check offline');
    expect(line).not.toContain(' at ');
  });

  it('gives each answer an id, its own or the proxy’s, but nothing odd', async () => {
    expect(await idFor('abc-1')).toBe('abc-1');
    expect(await idFor('a b=<3>')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idFor('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
  });
});
