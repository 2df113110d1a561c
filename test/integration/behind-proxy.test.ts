/** A device that reaches its release server by way of a proxy alone, with the real agent: checks, updates and what is written. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProxyServer, type ProxyServer } from '../support/proxy-server.ts';
import { startWire, type Wire } from '../support/wire.ts';
import { aPage, openScene, type Scene } from './scene.ts';

let proxy: ProxyServer;
let wire: Wire;
let scene: Scene;
beforeEach(async () => {
  proxy = await startProxyServer({ credentials: 'pi:secret-of-the-proxy' });
  wire = await startWire();
  const url = `http://release.invalid:${wire.port}`;
  scene = await openScene({
    source: { kind: 'gitea', url, repository: '44r0n7/pi-kit' },
    moreConfig: `[network]\nproxy = "http://pi:secret-of-the-proxy@127.0.0.1:${proxy.port}"`,
  });
  wire.lead(Number(new URL(scene.server.url).port));
  await scene.publish(aPage('1.1.0'));
});
afterEach(async () => {
  await scene.close();
  await wire.close();
  await proxy.close();
});

describe('behind a proxy', () => {
  it('a device updates, and tells nobody the password', async () => {
    expect((await scene.client.post('/api/update/check')).status).toBe(200);
    const { version, manifestSha256 } = (await scene.client.status()).offered ?? {};
    const result = await scene.client.carryOut('/api/update/apply', { version, manifestSha256 });
    expect(result.outcome).toBe('committed');
    expect(await scene.see('/var/www/pikit-web/index.html')).toBe('page 1.1.0');
    expect(proxy.asked.length).toBeGreaterThanOrEqual(3);
    for (const { target } of proxy.asked) expect(target).toMatch(/^http:\/\/release\.invalid:/);
    await proxy.close();
    const { body } = await scene.client.post('/api/update/check');
    expect(body).toMatchObject({ code: 'proxy-failed', details: { reason: 'ECONNREFUSED' } });
    const told = scene.stack.output() + JSON.stringify([body, await scene.client.status()]);
    expect(told).not.toMatch(/secret-of-the-proxy|cGk6c2Vjc/);
  });
});
