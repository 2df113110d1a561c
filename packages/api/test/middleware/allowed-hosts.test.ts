/** Names under which this device may be asked, and names that give a rebinding away. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAllowedHost } from '../../src/middleware/allowed-hosts.ts';
import { createApiFixture, type ApiFixture } from '../support/api-fixture.ts';

describe('isAllowedHost', () => {
  it.each([
    'localhost',
    'localhost:8421',
    'LOCALHOST',
    'app.localhost',
    'pikit',
    'pikit:80',
    'pikit.local',
    'PIKIT.local.:80',
    '192.168.1.4',
    '192.168.1.4:8421',
    '[::1]:8421',
    '[fe80::1]',
    'pi.example.org:443',
  ])('answers to %s', (host) => {
    expect(isAllowedHost(host, ['pi.example.org'])).toBe(true);
  });

  it.each([
    'evil.example',
    'pikit.local.evil.example',
    'localhost.evil.example:8421',
    'api.pi.example.org',
    '1.2.3.4.nip.io',
    'xlocal.evil',
    '',
    '.',
  ])('does not answer to %j', (host) => {
    expect(isAllowedHost(host, ['pi.example.org'])).toBe(false);
  });
});

describe('allowedHosts', () => {
  let api: ApiFixture;
  beforeEach(async () => {
    api = await createApiFixture({ allowedHosts: ['pi.example.org'] });
  });
  afterEach(() => api.stop());

  it.each(['/api/health', '/', '/api/session'])('guards %s, too', async (path) => {
    const answer = await api.request(path, { headers: { host: 'evil.example' } });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      code: 'forbidden',
      details: { reason: 'unknown-host' },
    });
  });

  it.each(['a b', 'a/b', 'user@pikit', 'pikit:99999'])('refuses the odd Host %j', async (host) => {
    expect((await api.request('/api/health', { headers: { host } })).status).toBe(403);
  });

  it('answers to a configured name', async () => {
    const answer = await api.request('/api/health', { headers: { host: 'PI.example.org:8443' } });
    expect(answer.status).toBe(200);
  });
});
