/**
 * Downloaded now and installed later, with the real processes: the owner of the device installs in the morning what was fetched in
 * the night, by every rule anew, and the network is not needed any more.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Status, TransactionResult } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMinisignKey } from '../support/minisign-key.ts';
import { waitFor } from '../support/wait-for.ts';
import { openScene, runProgram, type Scene } from './scene.ts';

const maintainer = createMinisignKey();
const PAGE = '/var/www/pikit-web/index.html';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene({ keys: { maintainer: maintainer.publicFile }, product: 'pikit' });
  await publish('1.1.0');
  await check();
});
afterEach(() => scene.close());

const publish = (version: string) =>
  scene.publish({
    version,
    form: 'seekable',
    signer: maintainer,
    files: {
      'pikit-web/index.html': `page ${version}`,
      'pikit-web/photo.jpg': randomBytes(300_000),
      'pikit-api.py': `api ${version}`,
    },
  });

async function check(): Promise<Status> {
  expect(await scene.client.post('/api/update/check')).toMatchObject({ status: 200 });
  return scene.client.status();
}

async function wanted(): Promise<object> {
  const { offered } = await scene.client.status();
  return { version: offered?.version, manifestSha256: offered?.manifestSha256 };
}

/** As a timer of the night would. */
async function stage(): Promise<TransactionResult> {
  const order = { ...(await wanted()), stageOnly: true, unattended: true };
  return scene.client.carryOut('/api/update/apply', order);
}

const isThere = (path: string): boolean => existsSync(join(scene.root, path));

describe('a release that was downloaded only', () => {
  it('touches nothing that runs, and is installed later without any network', async () => {
    expect(await stage()).toMatchObject({ outcome: 'staged', error: null, to: '1.1.0' });
    expect(await scene.see(PAGE)).toBe('old page');
    expect(await scene.stack.systemctlCalls()).not.toContain(
      'restart dietpi-dashboard-frontend.service',
    );
    const order = await wanted();
    expect(await scene.client.status()).toMatchObject({
      current: '1.0.0',
      offered: { version: '1.1.0' },
      ready: { ...order },
      held_back: null,
    });
    await scene.server.close();
    await scene.stack.killAgent();
    await scene.stack.startAgent();
    const result = await scene.client.carryOut('/api/update/apply', order);
    expect(result).toMatchObject({ outcome: 'committed', bytesFetched: 0 });
    expect(await scene.see(PAGE)).toBe('page 1.1.0');
    expect(await scene.client.status()).toMatchObject({ current: '1.1.0', ready: null });
    expect(isThere('/var/lib/pikit/staging')).toBe(false);
  });

  it('costs no request when it is installed, nor when it is downloaded once more', async () => {
    await stage();
    const before = scene.server.requests.length;
    expect(await stage()).toMatchObject({ outcome: 'staged', bytesFetched: 0 });
    await scene.client.carryOut('/api/update/apply', await wanted());
    expect(await scene.see(PAGE)).toBe('page 1.1.0');
    expect(scene.server.requests).toHaveLength(before);
  });

  it('goes on where a killed agent left off, and ends there', async () => {
    const heal = scene.server.fault({ path: /tar\.gz$/, stall: 100_000 });
    await scene.client.post('/api/update/apply', { ...(await wanted()), stageOnly: true });
    await waitFor('some of it', () => scene.server.requests.some(({ bytes }) => bytes >= 100_000));
    await scene.stack.killAgent();
    heal();
    await scene.stack.startAgent();
    const ended = async () => (await scene.client.status()).last_result?.outcome;
    const outcome = await waitFor('the end of it', ended, { timeoutMs: 30_000, everyMs: 100 });
    expect(outcome).toBe('staged');
    expect((await scene.client.status()).ready).toMatchObject(await wanted());
    expect(await scene.see(PAGE)).toBe('old page');
  });

  it('is judged by the keys of the day on which it is installed', async () => {
    await stage();
    const stranger = createMinisignKey().publicFile;
    await writeFile(join(scene.root, 'etc/pikit/keys/maintainer.pub'), stranger);
    const { body } = await scene.client.post('/api/update/apply', await wanted());
    expect(body).toMatchObject({ code: 'signature-invalid' });
    expect(await scene.see(PAGE)).toBe('old page');
  });

  it('survives a roll-back, which needs the network as little', async () => {
    await scene.client.carryOut('/api/update/apply', await wanted());
    await publish('1.2.0');
    await check();
    await stage();
    await scene.server.close();
    await scene.client.carryOut('/api/update/rollback');
    const { current, ready } = await scene.client.status();
    expect({ current, version: ready?.version }).toEqual({ current: '1.0.0', version: '1.2.0' });
    await scene.client.carryOut('/api/update/apply', await wanted());
    expect(await scene.see(PAGE)).toBe('page 1.2.0');
  });
});

const expectGone = async (): Promise<void> => {
  expect((await scene.client.status()).ready).toBeNull();
  expect(isThere('/var/lib/pikit/staging/1.1.0')).toBe(false);
  expect(await scene.see(PAGE)).toBe('old page');
};

describe('what lies ready goes', () => {
  beforeEach(async () => {
    expect(await stage()).toMatchObject({ outcome: 'staged' });
  });
  it('when its owner says so', async () => {
    const transaction = (await scene.client.status()).ready?.transaction;
    const answer = await scene.client.post('/api/update/cancel', { transaction });
    expect(answer.status).toBe(200);
    await expectGone();
    const { body } = await scene.client.post('/api/update/cancel', { transaction });
    expect(body).toMatchObject({ code: 'no-such-transaction' });
  });

  it('when a check finds that it was withdrawn, and not when there is no answer', async () => {
    const heal = scene.server.fault({ status: 500 });
    await scene.client.post('/api/update/check');
    heal();
    expect((await scene.client.status()).ready?.version).toBe('1.1.0');
    await publish('1.2.0');
    expect((await check()).ready?.version).toBe('1.1.0');
    scene.server.withdraw('1.1.0');
    await check();
    await expectGone();
  });

  it('when another release is downloaded', async () => {
    await publish('1.2.0');
    await check();
    await stage();
    const { ready } = await scene.client.status();
    expect(ready?.version).toBe('1.2.0');
    expect(isThere('/var/lib/pikit/staging/1.1.0')).toBe(false);
  });
});

it('is told to root on the terminal', async () => {
  await stage();
  const { stdout } = await runProgram('agent/dist/pikit-rpc.mjs', [
    '--root',
    scene.root,
    'update.status',
  ]);
  expect(stdout).toMatch(/^ready {7}1\.1\.0 \(manifest [0-9a-f]{64}; fetched by .*\)$/m);
});
