/** Where a server may send us, case by case. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import {
  checkAddress,
  followRedirect,
  tooManyRedirects,
} from '../../src/adapters/redirect-rule.ts';

describe('followRedirect', () => {
  it.each([
    ['https://a/x', '/y', false, 'https://a/y'],
    ['https://a/x', 'https://b/y?sig=1', false, 'https://b/y?sig=1'],
    ['https://a/x', 'https://user:pass@b/y#z', false, 'https://b/y'],
    ['http://a/x', 'https://b/y', true, 'https://b/y'],
    ['http://a/x', 'http://b/y', true, 'http://b/y'],
    // As a header arrives: a letter for each byte.
    ['https://a/x', Buffer.from('/grün/%20').toString('latin1'), false, 'https://a/gr%C3%BCn/%20'],
    ['https://a/x', '/gr\u00fcn', false, 'https://a/gr%C3%BCn'],
  ])('goes from %s by %s (http allowed: %s) to %s', (from, location, allowHttp, expected) => {
    expect(followRedirect(from, location, allowHttp)).toBe(expected);
  });

  it.each([
    ['https://a/x', 'http://a/x', false],
    ['https://a/x', 'http://a/x', true],
    ['http://a/x', 'http://unix:/run/x.sock:/', true],
    ['https://a/x', 'javascript:alert(1)', false],
    ['https://a/x', 'https://', false],
    ['https://a/x', undefined, false],
  ])('does not go from %s by %s (http allowed: %s)', async (from, location, allowHttp) => {
    await expectCode(() => followRedirect(from, location, allowHttp), 'source-invalid');
  });
});

describe('checkAddress', () => {
  it('lets http pass only where it is allowed', async () => {
    checkAddress('http://a/', true);
    checkAddress('https://a/', false);
    await expectCode(() => checkAddress('http://a/', false), 'source-invalid');
  });
});

describe('tooManyRedirects', () => {
  it('names the address', () => {
    expect(tooManyRedirects('https://a/x?secret')).toMatchObject({
      code: 'source-invalid',
      details: { url: 'https://a/x' },
    });
  });
});
