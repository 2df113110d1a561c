/** What every answer tells the browser, good or bad. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

describe('securityHeaders', () => {
  it.each(['/', '/api/health', '/api/update/status', '/api/nowhere', '/missing.js'])(
    'stand on %s',
    async (path) => {
      const { headers } = await api.request(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy.split('; ')).toEqual(
        expect.arrayContaining([
          "default-src 'self'",
          "style-src 'self'",
          "object-src 'none'",
          "base-uri 'none'",
          "frame-ancestors 'self'",
        ]),
      );
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );
});

describe('noStore', () => {
  it.each(['/api/health', '/api/update/status', '/api/nowhere'])(
    'keeps %s out of every cache',
    async (path) => {
      expect((await api.request(path)).headers.get('cache-control')).toBe('no-store');
    },
  );
});
