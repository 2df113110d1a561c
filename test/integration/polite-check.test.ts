/** What a check costs the release server, with the real agent, over real connections, across its restarts. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMinisignKey } from '../support/minisign-key.ts';
import { startWire, type Wire } from '../support/wire.ts';
import { aPage, openScene, type Scene } from './scene.ts';

const ANSWERS = 'var/lib/pikit-update/answers';
const maintainer = createMinisignKey();

let scene: Scene;
let wire: Wire;
beforeEach(async () => {
  wire = await startWire();
  scene = await openScene({
    source: { kind: 'gitea', url: `http://127.0.0.1:${wire.port}`, repository: '44r0n7/pi-kit' },
    keys: { maintainer: maintainer.publicFile },
  });
  wire.lead(Number(new URL(scene.server.url).port));
  for (const version of ['1.1.0', '1.2.0', '1.3.0']) {
    await scene.publish({ ...aPage(version), signer: maintainer });
  }
});
afterEach(async () => {
  await scene.close();
  await wire.close();
});

async function checked(): Promise<{ status: number; requests: string[]; bytes: number }> {
  const [requestsBefore, bytesBefore] = [scene.server.requests.length, wire.bytes()];
  const { status } = await scene.client.post('/api/update/check');
  const asked = scene.server.requests.slice(requestsBefore);
  const requests = asked.map(
    ({ path, status: answer }) => `${path.replace(/.*\/|\?.*/g, '')} ${answer}`,
  );
  return { status, requests, bytes: wire.bytes() - bytesBefore };
}

async function restart(): Promise<void> {
  await scene.stack.killAgent();
  await scene.stack.startAgent();
}

const ALL = ['releases 200', 'manifest.json.minisig 200', 'manifest.json 200'];

describe('a check that finds nothing new', () => {
  it('costs one small request where the server knows its list by an ETag, also after a restart', async () => {
    scene.server.fault({ listEtag: true });
    const first = await checked();
    expect(first).toMatchObject({ status: 200, requests: ALL });
    await restart();
    const second = await checked();
    expect(second).toMatchObject({ status: 200, requests: ['releases 304'] });
    expect(second.bytes).toBeLessThanOrEqual(2048);
    expect((await scene.client.status()).offered?.version).toBe('1.3.0');
    process.stderr.write(`first ${first.bytes} bytes, then ${second.bytes}\n`);
  });

  it('costs one request, the list, where it has none', async () => {
    expect((await checked()).requests).toEqual(ALL);
    const second = await checked();
    expect(second.requests).toEqual(['releases 200']);
    process.stderr.write(`without an ETag ${second.bytes} bytes\n`);
  });

  it('believes nothing that it has kept and somebody has changed', async () => {
    scene.server.fault({ listEtag: true });
    await checked();
    const directory = join(scene.root, ANSWERS);
    for (const name of await readdir(directory)) await writeFile(join(directory, name), '{"a": 1}');
    expect(await checked()).toMatchObject({ status: 200, requests: ALL });
  });

  it('finds the next release all the same', async () => {
    scene.server.fault({ listEtag: true });
    await checked();
    await scene.publish({ ...aPage('1.4.0'), signer: maintainer });
    expect((await checked()).requests).toEqual(ALL);
    expect((await scene.client.status()).offered?.version).toBe('1.4.0');
  });

  it('refuses a kept release as well when its key is not trusted any more', async () => {
    scene.server.fault({ listEtag: true });
    await checked();
    const stranger = createMinisignKey().publicFile;
    await writeFile(join(scene.root, 'etc/pikit/keys/maintainer.pub'), stranger);
    expect((await checked()).status).toBeGreaterThanOrEqual(400);
    expect((await scene.client.status()).check_error?.code).toBe('signature-invalid');
  });
});

describe('a server that wants a pause', () => {
  it('gets it, also from the next life of the agent, and the page is told until when', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3600' };
    const heal = scene.server.fault({ status: 403, headers });
    const { status, body } = await scene.client.post('/api/update/check');
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'source-limited' } });
    heal();
    await restart();
    expect(await checked()).toMatchObject({ status: 503, requests: [] });
    const { check_error } = await scene.client.status();
    const until = Date.parse(String(check_error?.details['until']));
    expect(until - Date.now()).toBeGreaterThan(3_000_000);
    expect(until - Date.now()).toBeLessThanOrEqual(3_600_000);
  });
});
