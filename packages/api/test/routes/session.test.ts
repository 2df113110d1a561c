/** In and out over HTTP. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiFixture, PASSWORD, type ApiFixture } from '../support/api-fixture.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

const signIn = (password: string, headers: Record<string, string> = {}, address?: string) =>
  api.request(
    '/api/session',
    { method: 'POST', body: JSON.stringify({ password }), headers },
    address,
  );
const from = (address: string) => ({ 'x-forwarded-for': address });
const cookieOf = (answer: Response): string =>
  answer.headers.get('set-cookie')?.split(';')[0] ?? '';
const isSignedIn = async (cookie: string): Promise<unknown> =>
  (await api.request('/api/session', { headers: { cookie } })).json();

describe('/api/session', () => {
  it('goes in and out', async () => {
    expect(await isSignedIn('')).toEqual({ signedIn: false });
    const answer = await signIn(PASSWORD);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ signedIn: true });
    const cookie = cookieOf(answer);
    expect(await isSignedIn(cookie)).toEqual({ signedIn: true });
    const out = await api.request('/api/session', { method: 'DELETE', headers: { cookie } });
    expect(await out.json()).toEqual({ signedIn: false });
    expect(await isSignedIn(cookie)).toEqual({ signedIn: false });
  });

  it('refuses a wrong password and sets no cookie', async () => {
    const answer = await signIn('wrong');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await answer.json()).toMatchObject({
      code: 'unauthenticated',
      details: { reason: 'wrong-password' },
    });
  });

  it('says that no password is set', async () => {
    await rm(api.passwordFile);
    const answer = await signIn(PASSWORD);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      code: 'forbidden',
      details: { reason: 'no-password' },
    });
  });

  it('gives a new token to who is signed in already, and ends the old one', async () => {
    const before = cookieOf(await signIn(PASSWORD));
    const after = cookieOf(await signIn(PASSWORD, { cookie: before }));
    expect(after).not.toBe(before);
    expect(await isSignedIn(before)).toEqual({ signedIn: false });
    expect(await isSignedIn(after)).toEqual({ signedIn: true });
  });

  it('holds failures against the address behind the proxy', async () => {
    for (let i = 0; i < 5; i += 1) await signIn('wrong', from('10.0.0.1'), '127.0.0.1');
    const answer = await signIn(PASSWORD, from('10.0.0.1'), '127.0.0.1');
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await signIn(PASSWORD, from('10.0.0.2'), '127.0.0.1')).status).toBe(200);
  });
});
