/** The table [network]: what may stand there, and that a refusal repeats no password. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { NetworkSchema } from '../../src/core/network-settings.ts';

const issues = (table: object): string => {
  const parsed = v.safeParse(NetworkSchema, table);
  return parsed.success ? 'none' : JSON.stringify(parsed.issues.map(({ message }) => message));
};

describe('NetworkSchema', () => {
  it.each([
    {},
    { proxy: 'http://proxy.example:3128' },
    { proxy: 'http://user:p%40ss@10.0.0.1:3128/', no_proxy: ['*'] },
    { no_proxy: ['git.example', '.lan', '*.lan', '10.0.0.0/8', '[fd00::1]:80', 'fd00::/8'] },
    { ca_file: '/etc/pikit/ca.pem' },
  ])('takes %j', (table) => {
    expect(issues(table)).toBe('none');
  });

  it.each([
    { proxy: 'https://user:secret@proxy' },
    { proxy: 'socks5://user:secret@proxy' },
    { proxy: 'http://user:secret@proxy/path' },
    { proxy: 'http://user:secret@proxy:port' },
    { proxy: '' },
    { no_proxy: ['a b'] },
    { no_proxy: 'git.example' },
    { ca_file: 'ca.pem' },
    { ca_file: '/etc/../ca.pem' },
    { pproxy: '' },
  ])('refuses %j', (table) => {
    expect(issues(table)).not.toBe('none');
    expect(issues(table)).not.toContain('secret');
  });
});
