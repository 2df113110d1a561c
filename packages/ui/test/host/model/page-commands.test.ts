/** What each command of the page sends over HTTP, against a real server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createPageCommands,
  type PageCommands,
  type SendFile,
} from '../../../src/host/model/page-commands.ts';
import { startApiServer, type ApiServer } from '../../support/api-server.ts';

let api: ApiServer;
let commands: PageCommands;

const send: SendFile = (url, body, { onSent, signal }) => {
  onSent(body.size);
  return fetch(url, { method: 'POST', body, signal });
};

beforeEach(async () => {
  api = await startApiServer();
  commands = createPageCommands({ base: api.base, fetch, send });
});
afterEach(() => api.stop());

describe('createPageCommands', () => {
  it.each([
    [
      'settings',
      () => commands.setSettings({ autoCheck: false }),
      'POST /update/auto',
      '{"autoCheck":false}',
    ],
    ['history', () => commands.history(), 'GET /update/history?limit=200', ''],
    ['sessions', () => commands.sessions(), 'GET /session/all', ''],
    ['end a session', () => commands.endSession('a/b'), 'DELETE /session/all/a%2Fb', '{}'],
    ['end all others', () => commands.endOtherSessions(), 'DELETE /session/others', '{}'],
    ['tokens', () => commands.tokens(), 'GET /session/tokens', ''],
    [
      'a new token',
      () => commands.createToken('x', ['read', 'update']),
      'POST /session/tokens',
      '{"name":"x","scopes":["read","update"]}',
    ],
    ['revoke a token', () => commands.revokeToken('a'), 'DELETE /session/tokens/a', '{}'],
    [
      'another password',
      () => commands.changePassword('old', 'new'),
      'POST /session/password',
      '{"current":"old","password":"new"}',
    ],
  ])('sends %s as the api expects it', async (_, ask, route, body) => {
    api.replies.set(route, { body: {} });
    expect(await ask()).toMatchObject({ ok: true });
    const type = body === '' ? undefined : 'application/json';
    expect(api.asked).toEqual([{ route, body, type }]);
  });

  it('brings a file to the device, and tells how much of it has gone', async () => {
    api.replies.set('GET /update/import?bytes=9', { body: { taken: true } });
    api.replies.set('POST /update/import', { status: 202, body: { transaction: 'x' } });
    const sent: number[] = [];
    const answer = await commands.importFile(new Blob(['a release']), {
      onSent: (bytes) => sent.push(bytes),
      signal: new AbortController().signal,
    });
    expect(answer).toMatchObject({ ok: true, value: { transaction: 'x' } });
    expect(sent).toEqual([9]);
    expect(api.asked.map(({ body }) => body)).toEqual(['', 'a release']);
  });

  it('sends nothing of a file that would be refused, and asks in vain where nobody knows the question', async () => {
    const file = new Blob(['a release']);
    const sending = { onSent: () => undefined, signal: new AbortController().signal };
    const body = { code: 'too-large', details: { limit: 8 } };
    api.replies.set('GET /update/import?bytes=9', { status: 413, body });
    expect(await commands.importFile(file, sending)).toEqual({ ok: false, error: body });
    expect(api.asked.length).toBe(1);
    api.replies.delete('GET /update/import?bytes=9');
    api.replies.set('POST /update/import', { status: 202, body: { transaction: 'x' } });
    expect(await commands.importFile(file, sending)).toMatchObject({ ok: true });
  });

  it('says why a file was refused, and stops when it is told to', async () => {
    const body = { code: 'signature-missing', details: {} };
    api.replies.set('POST /update/import', { status: 502, body });
    const sending = { onSent: () => undefined, signal: new AbortController().signal };
    const refused = await commands.importFile(new Blob(['a release']), sending);
    expect(refused).toEqual({ ok: false, error: body });
    const stopped = await commands.importFile(new Blob(['a release']), {
      ...sending,
      signal: AbortSignal.abort(),
    });
    expect(stopped).toMatchObject({ ok: false });
  });

  it('sends nothing once it was stopped during the question', async () => {
    const stopping = new AbortController();
    api.replies.set('GET /update/import?bytes=9', () => {
      stopping.abort();
      return { body: { taken: true } };
    });
    const sent: number[] = [];
    const stopped = await commands.importFile(new Blob(['a release']), {
      onSent: (bytes) => sent.push(bytes),
      signal: stopping.signal,
    });
    expect(stopped).toMatchObject({ ok: false });
    expect(sent).toEqual([]);
  });
});
