/** The way in: who gets a session, who is told what, and what ends it. */
import { writeFile } from 'node:fs/promises';
import { UpdateError } from '@pikit/protocol';
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

const a = { address: 'a' };

const create = () =>
  createSignIn({
    readPasswordHash: async () => stored,
    writePassword: async (password) => void (stored = await hashPassword(password, CHEAP)),
    sessions: api.sessions,
    setUpCode: api.setUpCode,
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
    const token = await signIn.signIn(PASSWORD, a);
    const id = await signIn.identify(token);
    if (id === undefined) throw new Error('no session');
    await signIn.signOut(id);
    expect(await signIn.identify(token)).toBeUndefined();
  });

  it('refuses a wrong password without telling more', async () => {
    const error = await expectCode(create().signIn('wrong', a), 'unauthenticated');
    expect(error.details).toEqual({ reason: 'wrong-password' });
  });

  it('says that no password is set, however often it is asked', async () => {
    stored = undefined;
    const signIn = create();
    for (let i = 0; i < 30; i += 1) {
      const error = await expectCode(signIn.signIn(PASSWORD, a), 'forbidden');
      expect(error.details).toEqual({ reason: 'no-password' });
    }
    expect(await signIn.identify('x'.repeat(43))).toBeUndefined();
  });

  it('ends every session when the password changes or goes', async () => {
    const signIn = create();
    const token = await signIn.signIn(PASSWORD, a);
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
    const codes: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const tries = Array.from({ length: 12 }, () => signIn.signIn('wrong', a));
      for (const each of await Promise.allSettled(tries)) {
        codes.push(each.status === 'rejected' ? (each.reason as { code: string }).code : 'in');
      }
    }
    expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(5);
    expect(codes.filter((code) => code === 'rate-limited')).toHaveLength(31);
    await expectCode(signIn.signIn(PASSWORD, a), 'rate-limited');
    await signIn.signIn(PASSWORD, { address: 'b' });
  });

  it('holds nothing against whoever found the queue full', async () => {
    const signIn = create();
    const others = [1, 2, 3, 4].map((n) => signIn.signIn('wrong', { address: `10.0.0.${n}` }));
    // Together they have as many tries as all addresses, and each one more than is free.
    const refused = Array.from({ length: 30 }, () => signIn.signIn(PASSWORD, a));
    for (const each of await Promise.allSettled(refused)) {
      expect(each).toMatchObject({ reason: { message: 'too many sign-ins at once' } });
    }
    await Promise.allSettled(others);
    await signIn.signIn(PASSWORD, a);
  });

  it('reads the file anew, so that a new password counts at once', async () => {
    await writeFile(api.passwordFile, await hashPassword('another one', CHEAP));
    const answer = await api.request('/api/session', {
      method: 'POST',
      body: JSON.stringify({ password: 'another one' }),
    });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['set', () => hashPassword('another password', CHEAP)],
    ['taken away', () => undefined],
  ])('ends what was open when a password was %s behind its back', async (_what, next) => {
    const signIn = create();
    const id = await signIn.identify(await signIn.signIn(PASSWORD, a));
    if (id === undefined) throw new Error('no session');
    await signIn.endFormer();
    expect(api.sessions.isAlive(id)).toBe(true);
    stored = await next();
    await signIn.endFormer();
    expect(api.sessions.isAlive(id)).toBe(false);
  });

  it('asks for the current password before it takes another, and slows guessing down', async () => {
    const signIn = create();
    const next = 'another password';
    for (let i = 0; i < 5; i += 1) {
      await expectCode(signIn.changePassword('wrong', next, a), 'unauthenticated');
    }
    await expectCode(signIn.changePassword(PASSWORD, next, a), 'rate-limited');
    await signIn.signIn(PASSWORD, { address: 'b' });
  });

  it('opens one new session when the password is changed, and ends all others', async () => {
    const signIn = create();
    const before = [await signIn.signIn(PASSWORD, a), await signIn.signIn(PASSWORD, a)];
    const after = await signIn.changePassword(PASSWORD, 'another password', a);
    for (const token of before) expect(await signIn.identify(token)).toBeUndefined();
    expect(await signIn.identify(after)).toBeDefined();
    expect(await signIn.list()).toMatchObject([{ address: 'a' }]);
    await expectCode(signIn.signIn(PASSWORD, a), 'unauthenticated');
  });

  it('takes the old password no more from whoever waited while it was changed', async () => {
    const signIn = create();
    const change = signIn.changePassword(PASSWORD, 'another password', a);
    await expectCode(signIn.signIn(PASSWORD, { address: 'b' }), 'unauthenticated');
    expect(await signIn.identify(await change)).toBeDefined();
  });

  it('lets nobody set the first password twice, nor after another way was taken', async () => {
    stored = undefined;
    const signIn = create();
    const code = api.setUpCode.issue();
    const both = [signIn.setUp(code, 'password of one', a), signIn.setUp(code, 'of another', a)];
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const error = await expectCode(signIn.setUp(code, 'a third one', a), 'forbidden');
    expect(error.details).toEqual({ reason: 'password-set' });
    await signIn.signIn('password of one', a);
  });

  it('takes the right code however many wrong ones others have tried, from its own address too', async () => {
    stored = undefined;
    const signIn = create();
    const code = api.setUpCode.issue();
    for (let i = 0; i < 40; i += 1) {
      for (const address of ['a', `10.0.0.${i}`]) {
        await expectCode(
          signIn.setUp('AAAAA-AAAAA-AAAAA', PASSWORD, { address }),
          'unauthenticated',
        );
      }
    }
    await signIn.setUp(code, PASSWORD, a);
  });

  it('keeps the code when the password could not be written', async () => {
    const code = api.setUpCode.issue();
    let isFull = true;
    const signIn = createSignIn({
      readPasswordHash: async () => (isFull ? undefined : stored),
      writePassword: async () => {
        if (isFull) throw new UpdateError('write-failed', 'full');
      },
      sessions: api.sessions,
      setUpCode: { ...api.setUpCode, spend: () => void (isFull = false) },
      throttle: createThrottle(standingStill),
    });
    await expectCode(signIn.setUp(code, PASSWORD, a), 'write-failed');
    api.setUpCode.check(code);
  });

  it('refuses a password of a wrong length before it counts a try', async () => {
    stored = undefined;
    const signIn = create();
    const code = api.setUpCode.issue();
    for (let i = 0; i < 20; i += 1) {
      await expectCode(signIn.setUp(code, 'short', a), 'invalid-request');
    }
    await signIn.setUp(code, PASSWORD, a);
  });
});
