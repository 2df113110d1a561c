/** What a browser says about where a request comes from, and what is concluded. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

const status = async (headers: Record<string, string | undefined>): Promise<number> =>
  (await api.request('/api/session', { method: 'DELETE', headers })).status;

describe('sameOrigin', () => {
  it.each([
    { origin: 'http://pikit' },
    { origin: 'http://192.168.1.4:8421', host: '192.168.1.4:8421' },
    // Behind a TLS proxy the schemes differ; the names decide.
    { origin: 'https://pikit.local', host: 'pikit.local' },
    { origin: 'http://pikit.local', host: 'PIKIT.local:80' },
    { origin: undefined, 'sec-fetch-site': 'same-origin' },
    { origin: undefined, 'sec-fetch-site': 'none' },
  ])('lets %j pass', async (headers) => {
    expect(await status(headers)).toBe(200);
  });

  it.each([
    { origin: 'http://evil.example' },
    { origin: 'http://pikit:8080' },
    { origin: 'null' },
    { origin: 'pikit' },
    { origin: undefined },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'nonsense' },
  ])('refuses %j', async (headers) => {
    expect(await status(headers)).toBe(403);
  });

  it('lets anybody read without saying where from', async () => {
    const answer = await api.request('/api/health', { headers: { origin: 'http://evil.example' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
