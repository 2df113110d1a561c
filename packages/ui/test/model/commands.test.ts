/** What is sent over HTTP, and what is made of every kind of answer, against a real server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommands, type Commands } from '../../src/model/commands.ts';
import { startApiServer, type ApiServer, type Reply } from '../support/api-server.ts';
import { ID, RELEASE } from '../support/builders.ts';

let api: ApiServer;
let commands: Commands;

beforeEach(async () => {
  api = await startApiServer();
  commands = createCommands({ base: api.base, fetch });
});
afterEach(() => api.stop());

const DIGEST = 'a'.repeat(64);

describe('createCommands', () => {
  it.each([
    ['status', () => commands.status(), 'GET /update/status', ''],
    ['check', () => commands.check(), 'POST /update/check', '{}'],
    [
      'apply',
      () => commands.apply(RELEASE),
      'POST /update/apply',
      `{"version":"1.4.0","manifestSha256":"${DIGEST}"}`,
    ],
    [
      'apply later',
      () => commands.apply(RELEASE, { stageOnly: true }),
      'POST /update/apply',
      `{"version":"1.4.0","manifestSha256":"${DIGEST}","stageOnly":true}`,
    ],
    ['cancel', () => commands.cancel(ID), 'POST /update/cancel', `{"transaction":"${ID}"}`],
    ['roll back', () => commands.rollBack(), 'POST /update/rollback', '{}'],
    ['verify', () => commands.verify(), 'POST /update/verify', '{}'],
    ['repair', () => commands.repair(), 'POST /update/repair', '{}'],
    [
      'settings',
      () => commands.setSettings({ autoCheck: false }),
      'POST /update/auto',
      '{"autoCheck":false}',
    ],
    ['log', () => commands.log(ID), `GET /update/log?transaction=${ID}`, ''],
    ['notes', () => commands.notes(), 'GET /update/notes', ''],
    ['history', () => commands.history(), 'GET /update/history?limit=20', ''],
    ['session', () => commands.session(), 'GET /session', ''],
    ['sign in', () => commands.signIn('pw'), 'POST /session', '{"password":"pw"}'],
    [
      'set up',
      () => commands.signIn('pw', 'AB-CD'),
      'POST /session/setup',
      '{"code":"AB-CD","password":"pw"}',
    ],
    ['sign out', () => commands.signOut(), 'DELETE /session', '{}'],
  ])('sends %s as the api expects it', async (_, send, route, body) => {
    api.replies.set(route, { body: {} });
    expect(await send()).toMatchObject({ ok: true });
    const type = body === '' ? undefined : 'application/json';
    expect(api.asked).toEqual([{ route, body, type }]);
  });

  it('takes an answer without a body', async () => {
    api.replies.set('POST /session', { status: 204 });
    expect(await commands.signIn('pw')).toMatchObject({ ok: true, value: undefined });
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
    ['a page where JSON was expected', { status: 200, body: '<p>hi' }, 'no-connection', {}],
    ['an error page', { status: 500, body: '<p>oh' }, 'internal', {}],
  ])('reads %s', async (_, reply, code, details) => {
    api.replies.set('POST /update/check', reply);
    expect(await commands.check()).toEqual({ ok: false, error: { code, details } });
  });

  it('answers with a problem when nobody listens', async () => {
    await api.stop();
    const answer = await commands.rollBack();
    expect(answer).toEqual({ ok: false, error: { code: 'no-connection', details: {} } });
    await api.start();
  });
});
