/** What each command sends over HTTP, against a real server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommands, type Commands } from '../../src/model/commands.ts';
import { startApiServer, type ApiServer } from '../support/api-server.ts';
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
    ['log', () => commands.log(ID), `GET /update/log?transaction=${ID}`, ''],
    ['notes', () => commands.notes(), 'GET /update/notes', ''],
    ['session', () => commands.session(), 'GET /session', ''],
    ['sign out', () => commands.signOut(), 'DELETE /session', '{}'],
  ])('sends %s as the api expects it', async (_, send, route, body) => {
    api.replies.set(route, { body: { boot: 'a', signedIn: true } });
    expect(await send()).toMatchObject({ ok: true });
    const type = body === '' ? undefined : 'application/json';
    expect(api.asked).toEqual([{ route, body, type }]);
  });

  it.each([
    ['sign in', () => commands.signIn('pw'), 'POST /session', '{"password":"pw"}'],
    [
      'set up',
      () => commands.signIn('pw', 'AB-CD'),
      'POST /session/setup',
      '{"code":"AB-CD","password":"pw"}',
    ],
  ])(
    'sends %s, and looks whether the browser has kept the session',
    async (_, send, route, body) => {
      api.replies.set(route, { body: {} });
      expect(await send()).toMatchObject({ ok: true });
      expect(api.asked).toEqual([
        { route, body, type: 'application/json' },
        { route: 'GET /session', body: '', type: undefined },
      ]);
    },
  );

  it('says when the browser did not keep the session', async () => {
    api.replies.set('POST /session', { body: {} });
    api.replies.set('GET /session', { body: { signedIn: false } });
    expect(await commands.signIn('pw')).toEqual({
      ok: false,
      error: { code: 'unauthenticated', details: { reason: 'no-cookie' } },
    });
  });

  it('asks no more when the password was wrong', async () => {
    api.replies.set('POST /session', { status: 401, body: { code: 'unauthenticated' } });
    expect(await commands.signIn('pw')).toMatchObject({ ok: false });
    expect(api.asked.map(({ route }) => route)).toEqual(['POST /session']);
  });
});
