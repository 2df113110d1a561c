/** What the log says about a request, and what it must not say. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
afterEach(() => api.stop());

describe('requestLog', () => {
  it('writes method, path, status, address and id, the one of the answer', async () => {
    const answer = await api.request('/api/health', {}, '10.0.0.7');
    const id = answer.headers.get('x-request-id');
    expect(api.log.lines).toHaveLength(1);
    expect(api.log.lines[0]).toMatch(/^<6>GET \/api\/health 200 \d+ms from=10\.0\.0\.7 id=/);
    expect(api.log.lines[0]).toContain(`id=${id}`);
  });

  it('writes neither query, cookie nor body', async () => {
    await api.request('/api/session?token=secret1', {
      method: 'POST',
      headers: { cookie: 'pikit=secret2', authorization: 'secret3' },
      body: JSON.stringify({ password: 'secret4' }),
    });
    expect(api.log.lines.join('')).toContain('/api/session 401');
    expect(api.log.lines.join('')).not.toContain('secret');
  });

  it('writes a path as one word, so that it cannot tell of another address', async () => {
    const forged = '/api/x%20401%201ms%20from=10.0.0.9%c2%a0id=1%e2%80%83wrong%09password%0afrom';
    await api.request(forged, {}, '10.0.0.7');
    for (const line of api.log.lines) {
      expect(line).toMatch(/^<[46]>GET \/api\/x\S+ (?:404|invalid-request) /);
      expect(line).not.toContain('\u00a0');
    }
    expect(api.log.lines.at(-1)).toContain(' from=10.0.0.7 id=');
  });

  it('cannot be made to write two lines or a very long one', async () => {
    await api.request(`/a%0a%3c3%3eforged${'x'.repeat(5000)}`);
    const [line = ''] = api.log.lines;
    expect(line.trimEnd()).not.toContain('\n');
    expect(line.length).toBeLessThan(400);
  });
});
