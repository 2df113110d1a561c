/** Whose header counts: address and name must both be configured. */
import { describe, expect, it } from 'vitest';
import { userFromProxy } from '../../src/auth/proxy-sign-in.ts';

const trusted = { header: 'remote-user', addresses: ['10.0.0.2'], users: ['anna'] };
const says = (user: string) => (name: string) => (name === 'remote-user' ? user : undefined);

describe('userFromProxy', () => {
  it('believes the configured proxy about a configured name', () => {
    expect(userFromProxy(trusted, '10.0.0.2', says('anna'))).toBe('anna');
  });

  it.each([
    ['another address', trusted, '10.0.0.3', 'anna'],
    ['an address that begins the same', trusted, '10.0.0.22', 'anna'],
    ['a unix socket', trusted, undefined, 'anna'],
    ['this machine, unless it is named', trusted, '127.0.0.1', 'anna'],
    ['another name', trusted, '10.0.0.2', 'berta'],
    ['two names', trusted, '10.0.0.2', 'anna, berta'],
    ['no name', trusted, '10.0.0.2', ''],
    ['anybody when no address is configured', { ...trusted, addresses: [] }, '10.0.0.2', 'anna'],
    ['anybody when no name is configured', { ...trusted, users: [] }, '10.0.0.2', 'anna'],
  ])('does not believe %s', (_what, configured, peer, user) => {
    expect(userFromProxy(configured, peer, says(user))).toBeUndefined();
  });

  it('looks at the configured header only', () => {
    const configured = { ...trusted, header: 'x-user' };
    expect(userFromProxy(configured, '10.0.0.2', says('anna'))).toBeUndefined();
  });
});
