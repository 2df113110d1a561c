/** Sessions and tokens over HTTP: what is shown, what is taken back, and what a token opens meanwhile. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';
import { readEvents } from '../support/event-reader.ts';
import { theTransaction } from '../support/statuses.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

interface Listed {
  readonly id: string;
  readonly current?: boolean;
}
const read = async (path: string, cookie: string): Promise<Record<string, readonly Listed[]>> =>
  (await (await api.request(path, { headers: { cookie } })).json()) as never;
const remove = (path: string, cookie: string) =>
  api.request(path, { method: 'DELETE', headers: { cookie } });
const statusFor = async (headers: Record<string, string>): Promise<number> =>
  (await api.request('/api/update/status', { headers })).status;
const make = (body: unknown) => api.post('/api/session/tokens', body);
const script = (authorization: string) => ({ authorization, origin: undefined });

describe('sessions', () => {
  it('are listed with the one that asks marked, and without anything that opens one', async () => {
    const [own, other] = [await api.cookie(), await api.cookie()];
    const { sessions = [] } = await read('/api/session/all', own);
    expect(sessions.filter(({ current }) => current)).toHaveLength(1);
    expect(sessions).toHaveLength(2);
    const text = JSON.stringify(sessions);
    for (const cookie of [own, other]) expect(text).not.toContain(cookie.slice('pikit='.length));
    expect(text).not.toContain('credential');
  });

  it('are revoked one by one, at once', async () => {
    const [own, other] = [await api.cookie(), await api.cookie()];
    const { sessions = [] } = await read('/api/session/all', own);
    const path = `/api/session/all/${sessions.find(({ current }) => current === false)?.id ?? ''}`;
    expect(await (await remove(path, own)).json()).toEqual({ revoked: true });
    expect(await statusFor({ cookie: other })).toBe(401);
    expect(await statusFor({ cookie: own })).toBe(200);
    expect(await (await remove(path, own)).json()).toEqual({ revoked: false });
  });

  it('are revoked all but the one that asks, and their streams end', async () => {
    const [own, other] = [await api.cookie(), await api.cookie()];
    const open = (cookie: string) => api.request('/api/update/events', { headers: { cookie } });
    const [kept, lost] = [readEvents(await open(own)), readEvents(await open(other))];
    expect((await remove('/api/session/others', own)).status).toBe(200);
    await lost.rest();
    await kept.nextNamed('status');
    await kept.leave();
    expect(await statusFor({ cookie: other })).toBe(401);
    expect(await statusFor({ cookie: own })).toBe(200);
  });
});

describe('sessions, on a disk that refuses', () => {
  it('end at once and are said not to be gone for good; signing out is not refused', async () => {
    const [own, other] = [await api.cookie(), await api.cookie()];
    const { sessions = [] } = await read('/api/session/all', own);
    await rm(join(api.directory, 'sessions.json'));
    await mkdir(join(api.directory, 'sessions.json/in-the-way'), { recursive: true });
    const path = `/api/session/all/${sessions.find(({ current }) => current === false)?.id ?? ''}`;
    const answer = await remove(path, own);
    expect(await answer.json()).toMatchObject({ code: 'write-failed' });
    expect(await statusFor({ cookie: other })).toBe(401);
    expect((await remove('/api/session/others', own)).ok).toBe(false);
    expect((await remove('/api/session', own)).status).toBe(200);
    expect(await statusFor({ cookie: own })).toBe(401);
  });
});

describe('tokens', () => {
  it('are shown once, and listed without what opens anything', async () => {
    const made = await make({ name: ' kitchen ', scopes: ['read', 'read'] });
    expect(made.status).toBe(201);
    const { token, ...view } = (await made.json()) as Record<string, unknown>;
    expect(view).toMatchObject({ name: 'kitchen', scopes: ['read'], usedAt: null });
    const { tokens } = await read('/api/session/tokens', await api.cookie());
    expect(tokens).toEqual([view]);
    expect(api.log.lines.join('')).not.toContain(String(token));
  });

  it.each([
    { name: 'x', scopes: [] },
    { name: 'x', scopes: ['owner'] },
    { name: '', scopes: ['read'] },
    { name: 'a\nb', scopes: ['read'] },
    { name: 'x'.repeat(61), scopes: ['read'] },
    { name: 'x', scopes: ['read'], id: 'mine' },
  ])('are refused as %j', async (body) => {
    const answer = await make(body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'invalid-request' });
  });

  it('open what they are for, from a script that knows no origin', async () => {
    const [reads, updates] = [await api.bearer('read'), await api.bearer('update')];
    expect(await statusFor({ authorization: reads })).toBe(200);
    expect(await statusFor({ authorization: updates })).toBe(403);
    api.agent.answer('update.rollback', () => ({ transaction: theTransaction }));
    const rollBack = (authorization: string) =>
      api.request('/api/update/rollback', { method: 'POST', headers: script(authorization) });
    expect((await rollBack(updates)).status).toBe(202);
    expect((await rollBack(reads)).status).toBe(403);
    expect(api.agent.calls.filter((call) => call === 'update.rollback')).toHaveLength(1);
  });

  it('sign nobody in, and need the page’s origin where no token is needed', async () => {
    const authorization = await api.bearer('read', 'update');
    const session = await api.request('/api/session', { headers: { authorization } });
    expect(await session.json()).toMatchObject({ signedIn: false });
    const out = await api.request('/api/session', {
      method: 'DELETE',
      headers: script(authorization),
    });
    expect(out.status).toBe(403);
    expect(await out.json()).toMatchObject({ details: { reason: 'other-origin' } });
  });

  it('follow the events until they are revoked, at once', async () => {
    const authorization = await api.bearer('read');
    const events = readEvents(
      await api.request('/api/update/events', { headers: { authorization } }),
    );
    await events.nextNamed('status');
    const cookie = await api.cookie();
    const { tokens = [] } = await read('/api/session/tokens', cookie);
    const path = `/api/session/tokens/${tokens[0]?.id ?? ''}`;
    expect(await (await remove(path, cookie)).json()).toEqual({ revoked: true });
    await events.rest();
    expect(await statusFor({ authorization })).toBe(401);
    expect(await (await remove(path, cookie)).json()).toEqual({ revoked: false });
  });
});
