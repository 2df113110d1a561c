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

describe('authenticate', () => {
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
});
