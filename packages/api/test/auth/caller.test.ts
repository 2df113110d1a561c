/** Who reaches what, and whose stream goes on. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { accessOf, checkAccess, isStillIn, type Caller } from '../../src/auth/caller.ts';
import type { SessionId } from '../../src/auth/sessions.ts';
import type { Scope, TokenId } from '../../src/auth/tokens.ts';

const session: Caller = { kind: 'session', id: 's' as SessionId };
const proxy: Caller = { kind: 'proxy', user: 'anna' };
const token = (...scopes: readonly Scope[]): Caller => ({
  kind: 'token',
  id: 't' as TokenId,
  scopes,
});

describe('accessOf', () => {
  it('is the kind of the method', () => {
    expect(accessOf('update.history')).toBe('read');
    expect(accessOf('update.apply')).toBe('update');
  });
});

describe('checkAccess', () => {
  it.each([session, proxy])('gives everything to the owner by $kind', (caller) => {
    for (const access of ['public', 'read', 'update', 'owner'] as const) {
      checkAccess(caller, access);
    }
  });

  it('gives a stranger what is public', async () => {
    checkAccess(undefined, 'public');
    for (const access of ['read', 'update', 'owner'] as const) {
      await expectCode(() => checkAccess(undefined, access), 'unauthenticated');
    }
  });

  it('gives a token its scopes and never the accounts', async () => {
    checkAccess(token('read'), 'public');
    checkAccess(token('read'), 'read');
    checkAccess(token('update'), 'update');
    await expectCode(() => checkAccess(token('read'), 'update'), 'forbidden');
    await expectCode(() => checkAccess(token('update'), 'read'), 'forbidden');
    const error = await expectCode(
      () => checkAccess(token('read', 'update'), 'owner'),
      'forbidden',
    );
    expect(error.details).toEqual({ reason: 'scope', needed: 'owner' });
  });
});

describe('isStillIn', () => {
  it.each([true, false])('asks the register that knows the caller (%s)', (isAlive) => {
    const yes = { isAlive: () => isAlive };
    const no = { isAlive: () => !isAlive };
    expect(isStillIn(session, { sessions: yes, tokens: no })).toBe(isAlive);
    expect(isStillIn(token('read'), { sessions: no, tokens: yes })).toBe(isAlive);
    expect(isStillIn(proxy, { sessions: no, tokens: no })).toBe(true);
  });
});
