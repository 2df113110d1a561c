/** The cookie: its name and attributes on both kinds of connection, and what it opens. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiFixture, PASSWORD, type ApiFixture } from '../support/api-fixture.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

const https = { 'x-forwarded-proto': 'https' };
const signIn = async (headers: Record<string, string>, address?: string): Promise<string> => {
  const answer = await api.request(
    '/api/session',
    { method: 'POST', body: JSON.stringify({ password: PASSWORD }), headers },
    address,
  );
  return answer.headers.get('set-cookie') ?? '';
};

describe('the session cookie', () => {
  it('cannot be read by scripts nor sent by another site', async () => {
    expect(await signIn({})).toMatch(
      /^pikit=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  it('is bound to https where the proxy speaks it', async () => {
    expect(await signIn(https, '127.0.0.1')).toMatch(
      /^__Host-pikit=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it('does not believe a stranger who claims https', async () => {
    expect(await signIn(https, '192.168.1.5')).toMatch(/^pikit=/);
  });

  it('is cleared with the same attributes', async () => {
    const answer = await api.request('/api/session', { method: 'DELETE', headers: https });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-pikit=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it('set over http does not count over https, where it could have been planted', async () => {
    const cookie = await api.cookie();
    const answer = await api.request('/api/update/status', { headers: { cookie, ...https } });
    expect(answer.status).toBe(401);
  });
});

describe('identify', () => {
  it.each(['', 'pikit=', 'pikit=nonsense', `pikit=${'a'.repeat(43)}`, '__Host-pikit=a'])(
    'opens nothing for the cookie %j',
    async (cookie) => {
      const answer = await api.request('/api/update/status', { headers: { cookie } });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ code: 'unauthenticated' });
    },
  );

  it('opens everything for a session', async () => {
    expect((await api.get('/api/update/status')).status).toBe(200);
  });

  it.each(['Bearer', 'Bearer ', 'bearer nonsense', `Bearer pikit_${'a'.repeat(43)}`])(
    'opens nothing for %j, whatever cookie stands beside it',
    async (authorization) => {
      const headers = { authorization, cookie: await api.cookie() };
      const answer = await api.request('/api/update/status', { headers });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ code: 'unauthenticated' });
    },
  );

  it('leaves the password of a proxy in front to the proxy', async () => {
    const headers = { authorization: 'Basic YTpi', cookie: await api.cookie() };
    expect((await api.request('/api/update/status', { headers })).status).toBe(200);
  });

  it('does not let a wrong token past the same-origin rule', async () => {
    const headers = { authorization: 'Bearer nonsense', origin: undefined };
    const answer = await api.request('/api/update/check', { method: 'POST', headers });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ details: { reason: 'other-origin' } });
  });
});

describe('sign-in by a proxy', () => {
  const headers = { 'remote-user': 'anna' };

  it('counts from the configured address alone', async () => {
    await api.stop();
    const proxySignIn = { header: 'remote-user', addresses: ['10.0.0.2'], users: ['anna'] };
    api = await createApiFixture({ proxySignIn });
    const status = async (address: string, more = {}): Promise<number> =>
      (await api.request('/api/update/status', { headers: { ...headers, ...more } }, address))
        .status;
    expect(await status('10.0.0.2')).toBe(200);
    expect(await status('::ffff:10.0.0.2')).toBe(200);
    expect(await status('10.0.0.3')).toBe(401);
    expect(await status('127.0.0.1', { 'x-forwarded-for': '10.0.0.2' })).toBe(401);
    const session = await api.request('/api/session', { headers }, '10.0.0.2');
    expect(await session.json()).toMatchObject({ signedIn: true });
    // The browser behind it carries the sign-in along by itself, so another site's page would, too.
    const evil = { ...headers, origin: 'http://evil.example' };
    const check = await api.request(
      '/api/update/check',
      { method: 'POST', headers: evil },
      '10.0.0.2',
    );
    expect(check.status).toBe(403);
    expect(await check.json()).toMatchObject({ details: { reason: 'other-origin' } });
  });

  it('counts from nobody when it is not configured', async () => {
    for (const address of ['127.0.0.1', '10.0.0.2']) {
      const answer = await api.request('/api/update/status', { headers }, address);
      expect(answer.status).toBe(401);
    }
  });
});
