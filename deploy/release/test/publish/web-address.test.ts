/** Where requests may go. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { checkAddress, followRedirect } from '../../src/publish/web-address.ts';

describe('checkAddress', () => {
  it.each([
    'https://git.example.org',
    'http://localhost:3000',
    'http://127.0.0.1:1/x',
    'http://[::1]/',
  ])('lets %s pass', (url) => {
    expect(() => {
      checkAddress(url, true);
    }).not.toThrow();
  });

  it.each([
    'http://git.example.org',
    'http://127.0.0.1.example.org/',
    'http://localhost.example.org/',
    'ftp://localhost/',
    'file:///etc/passwd',
    'git.example.org',
    'https://user:word@git.example.org',
  ])('refuses %s', async (url) => {
    await expectCode(() => {
      checkAddress(url, true);
    }, 'source-invalid');
  });
});

describe('checkAddress without a token', () => {
  it('lets http pass, and nothing but the web', async () => {
    expect(() => {
      checkAddress('http://192.0.2.1/releases', false);
    }).not.toThrow();
    for (const url of ['ftp://192.0.2.1/', 'http://user@192.0.2.1/']) {
      await expectCode(() => {
        checkAddress(url, false);
      }, 'source-invalid');
    }
  });
});

describe('followRedirect', () => {
  it('resolves a relative one and drops credentials', () => {
    expect(followRedirect('https://a.example/x', '/y')).toBe('https://a.example/y');
    expect(followRedirect('https://a.example/x', 'https://u:p@b.example/#z')).toBe(
      'https://b.example/',
    );
  });

  it('goes where one says that is written in UTF-8, as its bytes arrive', () => {
    const arrived = Buffer.from('/grün').toString('latin1');
    expect(followRedirect('https://a.example/', arrived)).toBe('https://a.example/gr%C3%BCn');
  });

  it.each([
    ['to nowhere', undefined],
    ['to http', 'http://a.example/'],
    ['from https to this machine without', 'http://127.0.0.1/'],
  ])('refuses one %s', async (_what, location) => {
    await expectCode(() => followRedirect('https://a.example/', location), 'source-invalid');
  });
});
