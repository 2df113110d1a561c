/** Which proxy for which address: configuration, environment and exceptions, as other programs of the device read them. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { createProxyRules } from '../../src/adapters/proxy-rules.ts';

const PROXY = 'http://proxy.example:3128';

const chosen = (env: Readonly<Record<string, string>>, url: string) =>
  createProxyRules({ env })(url)?.origin;
const isDirect = (no_proxy: readonly string[], url: string) =>
  createProxyRules({ env: {}, proxy: PROXY, no_proxy })(url) === undefined;

describe('createProxyRules', () => {
  it('asks the server itself when nobody says anything', () => {
    expect(chosen({}, 'https://git.example/')).toBeUndefined();
    expect(chosen({ https_proxy: ' ', HTTP_PROXY: '' }, 'https://git.example/')).toBeUndefined();
  });

  it.each([
    [{ https_proxy: PROXY }, 'https://git.example/', PROXY],
    [{ HTTPS_PROXY: PROXY }, 'https://git.example/', PROXY],
    [{ https_proxy: PROXY, HTTPS_PROXY: 'http://other' }, 'https://git.example/', PROXY],
    [{ http_proxy: PROXY }, 'https://git.example/', undefined],
    [{ HTTP_PROXY: PROXY }, 'http://git.example/', PROXY],
    [{ HTTP_PROXY: 'proxy.example:3128' }, 'http://git.example/', PROXY],
    [{ HTTPS_PROXY: PROXY, NO_PROXY: 'a.example, git.example' }, 'https://git.example/', undefined],
    [{ HTTPS_PROXY: PROXY, no_proxy: '.git.example x' }, 'https://a.git.example/', undefined],
  ])('reads the environment %j for %s', (env, url, expected) => {
    expect(chosen(env, url)).toBe(expected);
  });

  it('puts the configuration before the environment', () => {
    const env = { HTTPS_PROXY: 'http://other', NO_PROXY: '*' };
    const proxyFor = createProxyRules({ env, proxy: PROXY, no_proxy: ['b.example'] });
    expect(proxyFor('https://a.example/')?.origin).toBe(PROXY);
    expect(proxyFor('http://a.example/')?.origin).toBe(PROXY);
    expect(proxyFor('https://b.example/')).toBeUndefined();
    expect(createProxyRules({ env, proxy: PROXY })('https://a.example/')).toBeUndefined();
  });

  it.each([
    ['*', 'https://git.example/'],
    ['example', 'https://git.example/'],
    ['git.example', 'https://git.example./'],
    ['GIT.example', 'https://git.example/'],
    ['*.example', 'https://git.example/'],
    ['git.example:443', 'https://git.example/'],
    ['git.example:3000', 'http://git.example:3000/'],
    ['10.0.0.0/8', 'https://10.1.2.3/'],
    ['192.168.1.4', 'http://192.168.1.4/'],
    ['192.168.1.4:80', 'http://192.168.1.4/'],
    ['fd00::/8', 'https://[fd12::1]/'],
    ['[fd12::1]:443', 'https://[fd12::1]/'],
  ])('takes %s for a rule that spares %s the proxy', (rule, url) => {
    expect(isDirect(['nothing', rule], url)).toBe(true);
  });

  it.each([
    ['git.example', 'https://notgit.example/'],
    ['git.example:80', 'https://git.example/'],
    ['10.0.0.0/33', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://11.1.2.3/'],
    ['10.0.0.0/8', 'https://git.example/'],
    ['fd00::/8', 'https://10.1.2.3/'],
    ['', 'https://git.example/'],
  ])('takes "%s" for none that spares %s', (rule, url) => {
    expect(isDirect([rule], url)).toBe(false);
  });

  it('asks nobody for this device itself', () => {
    for (const host of ['localhost', 'git.localhost', '127.0.0.1:3000', '[::1]']) {
      expect(isDirect([], `http://${host}/`)).toBe(true);
    }
  });

  it.each(['socks5://user:secret@p', 'https://user:secret@p', 'http://', 'user:secret@p:x'])(
    'refuses %s, and repeats nothing of it',
    async (text) => {
      const proxyFor = createProxyRules({ env: { HTTPS_PROXY: text } });
      const error = await expectCode(() => proxyFor('https://git.example/'), 'config-invalid');
      expect(error.details['key']).toBe('HTTPS_PROXY');
      expect(`${error.message} ${JSON.stringify(error.details)}`).not.toMatch(/secret|user/);
    },
  );
});
