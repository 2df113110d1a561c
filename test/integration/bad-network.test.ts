/** A release server that is away, refuses or lies: a code for each, and what was known is kept. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aPage, openScene, type Scene } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  await scene.publish(aPage('1.1.0'));
  await scene.client.post('/api/update/check');
});
afterEach(() => scene.close());

describe('a check', () => {
  it('without network says offline, keeps the offer, and works again when the network is back', async () => {
    await scene.server.close();
    const { status, body } = await scene.client.post('/api/update/check');
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'offline' } });
    expect(await scene.client.status()).toMatchObject({
      check_error: { code: 'offline' },
      offered: { version: '1.1.0' },
      current: '1.0.0',
    });
  });

  it.each([
    ['a page of HTML for JSON', { html: true }, 'captive-portal'],
    ['404', { status: 404 }, 'source-refused'],
    ['500', { status: 500 }, 'source-refused'],
    ['403', { status: 403 }, 'source-refused'],
  ] as const)(
    'that gets %s answers with a code and keeps what was known',
    async (_what, fault, code) => {
      const heal = scene.server.fault(fault);
      const { status, body } = await scene.client.post('/api/update/check');
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body).toMatchObject({ code });
      expect((await scene.client.status()).offered?.version).toBe('1.1.0');
      heal();
      expect((await scene.client.post('/api/update/check')).status).toBe(200);
      expect((await scene.client.status()).check_error).toBeNull();
    },
  );
});

describe('an update', () => {
  it('survives a connection that breaks off twice', async () => {
    const { offered } = await scene.client.status();
    scene.server.fault({ path: /tar\.gz$/, times: 2, cutAfterBytes: 60 });
    const { version, manifestSha256 } = offered ?? {};
    const result = await scene.client.carryOut('/api/update/apply', { version, manifestSha256 });
    expect(result.outcome).toBe('committed');
  });

  it('whose release was withdrawn is refused', async () => {
    const { offered } = await scene.client.status();
    scene.server.withdraw('1.1.0');
    const { version, manifestSha256 } = offered ?? {};
    const { body } = await scene.client.post('/api/update/apply', { version, manifestSha256 });
    expect(body).toMatchObject({ code: 'no-such-release' });
    expect(await scene.see('/var/www/pikit-web/index.html')).toBe('old page');
  });
});
