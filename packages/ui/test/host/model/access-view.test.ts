/** Devices and tokens as their owner recognises them, and why something was refused. */
import { describe, expect, it } from 'vitest';
import { loadPageLanguage } from '../../../src/host/catalogue/load-page-language.ts';
import {
  passwordMistake,
  sessionsView,
  tokenMistake,
  tokensView,
  visitorName,
} from '../../../src/host/model/access-view.ts';
import { NOW } from '../../support/builders.ts';

const language = await loadPageLanguage('en');
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('visitorName', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox on Linux'],
    [`Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/131.0 Safari/537.36`, 'Chrome on Windows'],
    [`Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/131.0 Safari/537.36 Edg/1`, 'Edge on Windows'],
    [`Mozilla/5.0 (Linux; Android 14) ${WEBKIT} Chrome/131.0 Safari/537.36`, 'Chrome on Android'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Safari/604',
      'Safari on iPhone',
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17.5 Safari/605', 'Safari on macOS'],
    ['Mozilla/5.0 (Something)', 'A browser'],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['', 'An unknown program'],
    [null, 'An unknown program'],
  ])('calls %s %s', (userAgent, name) => {
    expect(visitorName(userAgent, language)).toBe(name);
  });
});

describe('sessionsView', () => {
  it('tells where from and since when, and which one is looking', () => {
    const session = { id: 'a', createdAt: NOW, usedAt: NOW + 60_000, userAgent: 'curl/8' };
    const views = sessionsView(
      [
        { ...session, address: '192.168.1.2', current: true },
        { ...session, address: null, current: false },
      ],
      language,
    );
    expect(views).toEqual([
      {
        id: 'a',
        name: 'curl/8',
        isOwn: true,
        lines: [
          'from 192.168.1.2',
          'Signed in Nov 23, 2026, 12:00',
          'Last used Nov 23, 2026, 12:01',
        ],
      },
      expect.objectContaining({ isOwn: false, lines: expect.not.arrayContaining([/from/]) }),
    ]);
    expect(views[1]?.lines.length).toBe(2);
  });
});

describe('tokensView', () => {
  it.each([
    [['read'], 'View only'],
    [['read', 'update'], 'View and update'],
    [['update'], 'Update only'],
  ] as const)('says of %j: %s', (scopes, may) => {
    const token = { id: 'a', name: 'x', scopes, createdAt: NOW, usedAt: null };
    expect(tokensView([token], language)[0]?.lines).toEqual([
      may,
      'Made Nov 23, 2026, 12:00',
      'Never used',
    ]);
    const [used] = tokensView([{ ...token, usedAt: NOW }], language);
    expect(used?.lines.at(-1)).toBe('Last used Nov 23, 2026, 12:00');
  });
});

describe('the refusals', () => {
  it.each([
    ['forbidden', { reason: 'too-many-tokens', limit: 50 }, /^There are 50 tokens already/],
    ['invalid-request', {}, /^Choose a name/],
    ['write-failed', {}, /\. .+\.$/],
  ] as const)('of a token by %s %j', (code, details, text) => {
    expect(tokenMistake({ code, details }, language)).toMatch(text);
  });

  it.each([
    ['unauthenticated', { reason: 'wrong-password' }, /^That is not the current password/],
    ['invalid-request', { reason: 'password-length', min: 8, max: 1024 }, /has 8 to 1024 char/],
    ['rate-limited', { retryAfter: 8 }, /Wait 8 s/],
    ['unauthenticated', {}, /signed out/],
  ] as const)('of a password by %s %j', (code, details, text) => {
    expect(passwordMistake({ code, details }, language)).toMatch(text);
  });
});
