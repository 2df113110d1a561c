/** The way in: who gets a session, who is told what, and what ends it. */
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { hashPassword } from '../../src/auth/password.ts';
import { createSignIn } from '../../src/auth/sign-in.ts';
import { createThrottle } from '../../src/auth/throttle.ts';
import {
  CHEAP,
  createApiFixture,
  PASSWORD,
  standingStill,
  type ApiFixture,
} from '../support/api-fixture.ts';

let api: ApiFixture;
let stored: string | undefined;

const create = () =>
  createSignIn({
    readPasswordHash: async () => stored,
    sessions: api.sessions,
    throttle: createThrottle(standingStill),
  });

beforeEach(async () => {
  api = await createApiFixture();
  stored = await hashPassword(PASSWORD, CHEAP);
});
afterEach(() => api.stop());

describe('createSignIn', () => {
  it('opens a session that its token identifies until it is ended', async () => {
    const signIn = create();
    const token = await signIn.signIn(PASSWORD, 'a');
    const id = await signIn.identify(token);
    if (id === undefined) throw new Error('no session');
    await signIn.signOut(id);
    expect(await signIn.identify(token)).toBeUndefined();
  });

  it('refuses a wrong password without telling more', async () => {
    const error = await expectCode(create().signIn('wrong', 'a'), 'unauthenticated');
    expect(error.details).toEqual({ reason: 'wrong-password' });
  });

  it('says that no password is set, however often it is asked', async () => {
    stored = undefined;
    const signIn = create();
    for (let i = 0; i < 30; i += 1) {
      const error = await expectCode(signIn.signIn(PASSWORD, 'a'), 'forbidden');
      expect(error.details).toEqual({ reason: 'no-password' });
    }
    expect(await signIn.identify('x'.repeat(43))).toBeUndefined();
  });

  it('ends every session when the password changes or goes', async () => {
    const signIn = create();
    const token = await signIn.signIn(PASSWORD, 'a');
    const before = stored;
    stored = await hashPassword(PASSWORD, CHEAP);
    expect(await signIn.identify(token)).toBeUndefined();
    stored = undefined;
    expect(await signIn.identify(token)).toBeUndefined();
    stored = before;
    expect(await signIn.identify(token)).toBeDefined();
  });

  it('slows an address down, although its tries come all at once', async () => {
    const signIn = create();
    const tries = Array.from({ length: 12 }, () => signIn.signIn('wrong', 'a'));
    const codes = (await Promise.allSettled(tries)).map((each) =>
      each.status === 'rejected' ? (each.reason as { code: string }).code : 'in',
    );
    expect(codes.filter((code) => code === 'unauthenticated').length).toBeLessThanOrEqual(5);
    expect(codes.filter((code) => code === 'rate-limited').length).toBeGreaterThanOrEqual(7);
    await expectCode(signIn.signIn(PASSWORD, 'a'), 'rate-limited');
    await signIn.signIn(PASSWORD, 'b');
  });

  it('reads the file anew, so that a new password counts at once', async () => {
    await writeFile(api.passwordFile, await hashPassword('another one', CHEAP));
    const answer = await api.request('/api/session', {
      method: 'POST',
      body: JSON.stringify({ password: 'another one' }),
    });
    expect(answer.status).toBe(200);
  });
});
