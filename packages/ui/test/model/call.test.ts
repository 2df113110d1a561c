/** What is made of every kind of answer, against a real server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCall, type Call } from '../../src/model/call.ts';
import { startApiServer, type ApiServer, type Reply } from '../support/api-server.ts';

let api: ApiServer;
let call: Call;

beforeEach(async () => {
  api = await startApiServer();
  call = createCall({ base: api.base, fetch });
});
afterEach(() => api.stop());

describe('createCall', () => {
  it('takes an answer without a body', async () => {
    api.replies.set('POST /session', { status: 204 });
    expect(await call('POST', '/session')).toMatchObject({ ok: true, value: undefined });
  });

  const busy = { code: 'busy', details: { what: 'update' } };
  it.each<[string, Reply, string, object]>([
    ['a problem with its facts', { status: 409, body: busy }, 'busy', { what: 'update' }],
    [
      'the time to wait',
      { status: 429, body: { code: 'rate-limited' }, headers: { 'retry-after': '8' } },
      'rate-limited',
      { retryAfter: 8 },
    ],
    ['a code of tomorrow', { status: 400, body: { code: 'new-one' } }, 'new-one', {}],
    ['a proxy whose api restarts', { status: 502, body: '<h1>Bad' }, 'no-connection', {}],
    ['a proxy that asks for a sign-in', { status: 401, body: 'no' }, 'unauthenticated', {}],
    ['a page where JSON was expected', { status: 200, body: '<p>hi' }, 'no-api', {}],
    ['a path that leads nowhere', { status: 404, body: '<h1>Not' }, 'no-api', {}],
    ['an api of something else', { status: 404, body: { detail: 'Not Found' } }, 'no-api', {}],
    ['a proxy that waits in vain', { status: 504, body: '<h1>Gateway' }, 'no-connection', {}],
    ['a proxy that takes no more', { status: 413, body: '<h1>Too' }, 'too-large', {}],
    ['an error page', { status: 500, body: '<p>oh' }, 'internal', {}],
  ])('reads %s', async (_, reply, code, details) => {
    api.replies.set('POST /update/check', reply);
    expect(await call('POST', '/update/check')).toEqual({ ok: false, error: { code, details } });
  });

  it('answers with a problem when nobody listens', async () => {
    await api.stop();
    expect(await call('POST', '/update/rollback')).toEqual({
      ok: false,
      error: { code: 'no-connection', details: {} },
    });
    await api.start();
  });
});
