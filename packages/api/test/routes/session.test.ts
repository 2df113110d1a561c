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

const setUp = (code: string, password: string) =>
  api.request('/api/session/setup', {
    method: 'POST',
    body: JSON.stringify({ code, password }),
  });

const change = (cookie: string, current: string, password: string) =>
  api.request('/api/session/password', {
    method: 'POST',
    body: JSON.stringify({ current, password }),
    headers: { cookie },
  });

describe('/api/session', () => {
  it('goes in and out', async () => {
    expect(await isSignedIn('')).toEqual({ signedIn: false, setUp: false });
    const answer = await signIn(PASSWORD);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ signedIn: true });
    const cookie = cookieOf(answer);
    expect(await isSignedIn(cookie)).toMatchObject({ signedIn: true });
    const out = await api.request('/api/session', { method: 'DELETE', headers: { cookie } });
    expect(await out.json()).toEqual({ signedIn: false });
    expect(await isSignedIn(cookie)).toMatchObject({ signedIn: false });
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
    expect(await isSignedIn(before)).toMatchObject({ signedIn: false });
    expect(await isSignedIn(after)).toMatchObject({ signedIn: true });
  });

  it('holds failures against the address behind the proxy', async () => {
    for (let i = 0; i < 5; i += 1) await signIn('wrong', from('10.0.0.1'), '127.0.0.1');
    const answer = await signIn(PASSWORD, from('10.0.0.1'), '127.0.0.1');
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await signIn(PASSWORD, from('10.0.0.2'), '127.0.0.1')).status).toBe(200);
  });
});

describe('POST /api/session/setup', () => {
  it('sets the first password with the code, once, and signs in', async () => {
    await rm(api.passwordFile);
    expect(await isSignedIn('')).toEqual({ signedIn: false, setUp: true });
    const code = api.setUpCode.issue();
    const answer = await setUp(code.toLowerCase().replaceAll('-', ' '), 'first password');
    expect(answer.status).toBe(200);
    expect(await isSignedIn(cookieOf(answer))).toEqual({ signedIn: true, setUp: false });
    expect((await signIn('first password')).status).toBe(200);
    await rm(api.passwordFile);
    const again = await setUp(code, 'second password');
    expect(again.status).toBe(403);
    expect(await again.json()).toMatchObject({ details: { reason: 'no-code' } });
  });

  it('refuses a wrong code without a cookie, and tells nothing of the right one', async () => {
    await rm(api.passwordFile);
    const code = api.setUpCode.issue();
    const answer = await setUp('AAAA-AAAA', 'first password');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('set-cookie')).toBeNull();
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ details: { reason: 'wrong-code' } });
    expect(text).not.toContain(code);
    expect(JSON.stringify(await isSignedIn(''))).not.toContain(code);
    expect(api.log.lines.join('')).not.toContain(code);
  });

  it('is closed once there is a password, also to the right code', async () => {
    const answer = await setUp(api.setUpCode.issue(), 'first password');
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ details: { reason: 'password-set' } });
    expect((await signIn(PASSWORD)).status).toBe(200);
  });

  it('keeps nobody out over the guesses of others', async () => {
    await rm(api.passwordFile);
    const code = api.setUpCode.issue();
    for (let i = 0; i < 30; i += 1) {
      expect((await setUp('AAAAA-AAAAA-AAAAA', 'first password')).status).toBe(401);
    }
    expect((await setUp(code, 'first password')).status).toBe(200);
  });
});

describe('POST /api/session/password', () => {
  it('changes it, keeps this browser in with a new cookie and puts the others out', async () => {
    const [own, other] = [cookieOf(await signIn(PASSWORD)), cookieOf(await signIn(PASSWORD))];
    const answer = await change(own, PASSWORD, 'another password');
    expect(answer.status).toBe(200);
    expect(await isSignedIn(cookieOf(answer))).toMatchObject({ signedIn: true });
    expect(await isSignedIn(own)).toMatchObject({ signedIn: false });
    expect(await isSignedIn(other)).toMatchObject({ signedIn: false });
    expect((await signIn(PASSWORD)).status).toBe(401);
  });

  it('does not do for who knows the session alone', async () => {
    const cookie = cookieOf(await signIn(PASSWORD));
    const answer = await change(cookie, 'wrong', 'another password');
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ details: { reason: 'wrong-password' } });
    expect((await signIn(PASSWORD)).status).toBe(200);
  });

  it('refuses one that is too short', async () => {
    const answer = await change(cookieOf(await signIn(PASSWORD)), PASSWORD, 'short');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ details: { reason: 'password-length', min: 8 } });
  });
});
