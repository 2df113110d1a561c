/**
 * What the owner decides, through the real page's api, the real agent and a release server that counts: it holds for every
 * client and over restarts, and what was told of an update before it is what the update then costs.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Status } from '@pikit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiClient } from '../support/api-client.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { waitFor } from '../support/wait-for.ts';
import { aPage, openScene, runProgram, type Scene } from './scene.ts';

const PACKER = join(repositoryRoot(), 'deploy/release/dist/pikit-release.mjs');
const DROP_IN = 'etc/systemd/system/pikit-update.timer.d/50-pikit.conf';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const set = async (change: object) => {
  const { status, body } = await scene.client.post('/api/update/auto', change);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};
const check = async (): Promise<Status> => {
  expect((await scene.client.post('/api/update/check')).status).toBe(200);
  return scene.client.status();
};

/** What the owner is looking at, as `update.apply` wants it. */
async function wanted() {
  const { offered } = await scene.client.status();
  if (offered === null) throw new Error('nothing is offered');
  return { version: offered.version, manifestSha256: offered.manifestSha256 };
}
const install = async () => scene.client.carryOut('/api/update/apply', await wanted());

/** Until the api has found the next life. */
async function restart(): Promise<void> {
  await scene.stack.killAgent();
  await scene.stack.startAgent();
  const isFound = async () => (await scene.client.post('/api/update/check')).status === 200;
  await waitFor('the agent to be had again', isFound);
}

describe('the settings', () => {
  it('change one by one, move the timer, and are read by an agent that starts anew', async () => {
    expect(await set({ autoCheck: false })).toEqual({
      autoCheck: false,
      checkAt: '04:20',
      channel: null,
      keep: null,
    });
    await set({ keep: 2 });
    const socket = ['--socket', scene.stack.device.agentSocket];
    const rpc = async (...args: readonly string[]) =>
      runProgram('agent/dist/pikit-rpc.mjs', [...socket, ...args]);
    const answer = await rpc('update.auto', '{"autoCheck":true,"checkAt":"03:00"}');
    expect(answer).toMatchObject({ code: 0 });
    const after = { autoCheck: true, checkAt: '03:00', channel: null, keep: 2 };
    expect(await scene.client.status()).toMatchObject({ settings: after });
    expect(await scene.see(DROP_IN)).toContain('OnCalendar=\nOnCalendar=*-*-* 03:00:00\n');
    const calls = (await scene.stack.systemctlCalls()).join('\n');
    expect(calls).toMatch(/daemon-reload\n(?:.*\n)*.*enable.*pikit-update\.timer/);
    expect(calls).toMatch(/restart -- pikit-update\.timer/);
    await restart();
    expect(await scene.client.status()).toMatchObject({ settings: after });
    expect((await rpc('update.status')).stdout).toContain('daily check on, at 03:00');
  });

  it('are not kept where the timer cannot be moved', async () => {
    await mkdir(join(scene.root, 'etc/systemd/system'), { recursive: true });
    await writeFile(join(scene.root, 'etc/systemd/system/pikit-update.timer.d'), 'in the way');
    const answer = await scene.client.post('/api/update/auto', { checkAt: '03:00' });
    expect(answer.body).toMatchObject({ code: 'write-failed' });
    expect(await scene.client.status()).toMatchObject({ settings: { checkAt: '04:20' } });
  });
});

describe('the channel', () => {
  it('that the owner chooses is the one that is looked at from then on', async () => {
    await scene.publish(aPage('1.1.0'));
    await scene.publish(aPage('1.2.0-rc.1'));
    expect(await check()).toMatchObject({ channel: 'stable', offered: { version: '1.1.0' } });
    await set({ channel: 'beta' });
    expect(await check()).toMatchObject({ channel: 'beta', offered: { version: '1.2.0-rc.1' } });
    await set({ channel: 'stable' });
    expect(await scene.client.status()).toMatchObject({ channel: 'stable', offered: null });
    expect(await check()).toMatchObject({ offered: { version: '1.1.0' } });
    await set({ channel: null });
    expect(await scene.client.status()).toMatchObject({ channel: 'stable' });
  });
});

describe('a version that is skipped', () => {
  it('is so for every client and every life of the agent, until somebody changes that', async () => {
    await scene.publish(aPage('1.1.0'));
    await check();
    const skip = (version: string | null) => scene.client.post('/api/update/skip', { version });
    expect(await skip('1.1.0')).toMatchObject({ status: 200, body: { skipped: '1.1.0' } });
    await restart();
    const second = createApiClient(scene.stack.apiUrl());
    await second.signIn(scene.stack.password);
    expect(await second.status()).toMatchObject({
      skipped: '1.1.0',
      offered: { version: '1.1.0' },
    });
    const unattended = { ...(await wanted()), unattended: true };
    expect((await second.post('/api/update/apply', unattended)).body).toMatchObject({
      code: 'held-back',
      details: { version: '1.1.0', reason: 'skipped' },
    });
    expect((await skip('1.0.0')).body).toMatchObject({ code: 'no-such-release' });
    expect(await skip(null)).toMatchObject({ status: 200, body: { skipped: null } });
    expect(await scene.client.carryOut('/api/update/apply', unattended)).toMatchObject({
      outcome: 'committed',
      changed: { added: 0, changed: 2, removed: 0 },
    });
  });
});

const backups = async () => (await readdir(join(scene.root, 'var/backups/pikit'))).length;
const update = async (version: string) => {
  await scene.publish(aPage(version));
  await check();
  expect(await install()).toMatchObject({ outcome: 'committed', to: version });
};

describe('the number of earlier releases', () => {
  it('is what is kept from the next commit or start on, more or fewer', async () => {
    await set({ keep: 2 });
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) await update(version);
    expect(await backups()).toBe(2);
    // Tidying at a start must not go by the config file alone, which says one.
    await restart();
    expect(await backups()).toBe(2);
    await set({ keep: null });
    await restart();
    // It tidies up beside what it is asked.
    await waitFor('one to be left', async () => (await backups()) === 1);
  });
});

const page = (name: string) => join(scene.root, '../src/dist', name);
const names = Array.from({ length: 20 }, (_, index) => `part-${index}.js`);

/** Packs what stands there, and publishes all that the packer has made. */
async function pack(version: string, ...more: readonly string[]): Promise<void> {
  const releases = join(scene.root, '../packed');
  const args = ['pack', '--version', version, '--out', releases, ...more];
  execFileSync(PACKER, args, { cwd: join(scene.root, '../src') });
  const directory = join(releases, version);
  const assets = (await readdir(directory)).map((name) => ({
    name,
    content: join(directory, name),
  }));
  scene.server.publish({ version, assets });
}

/** Bytes of the bodies that the server has given out for this, manifests apart. */
async function counted(work: () => Promise<unknown>): Promise<number> {
  const before = scene.server.requests.length;
  await work();
  return scene.server.requests
    .slice(before)
    .filter(({ path }) => /\.(?:tar\.gz|patch[^/]*)$/.test(path))
    .reduce((sum, { bytes }) => sum + bytes, 0);
}

describe('what is told of an update', () => {
  beforeEach(async () => {
    await mkdir(page('.'), { recursive: true });
    await writeFile(
      join(scene.root, '../src/pikit-release.toml'),
      `changelog = "https://example.org/v{version}"\n[[entry]]\nfrom = "dist"\nto = "pikit-web"\n`,
    );
    // Nothing that packs well: so members lie far apart, and each costs a request.
    for (const name of names) await writeFile(page(name), randomBytes(20_000).toString('base64'));
  });

  it('is what crosses the wire, by spans, by a patch, and when it lies ready', async () => {
    await pack('1.1.0');
    expect((await check()).offered?.restarts).toEqual([
      'dietpi-dashboard-frontend.service',
      'nginx.service',
    ]);
    await install();

    for (const name of ['part-3.js', 'part-11.js']) {
      await writeFile(page(name), randomBytes(20_000).toString('base64'));
    }
    await pack('1.2.0');
    const bySpans = (await check()).offered;
    expect(bySpans?.downloadBytes).toBeLessThan((bySpans?.bundleBytes ?? 0) / 5);
    expect(await counted(install)).toBe(bySpans?.downloadBytes);

    const edited = await readFile(page('part-7.js'), 'utf8');
    await writeFile(page('part-7.js'), `// edited\n${edited}`);
    await writeFile(page('part-20.js'), '// new\n');
    await pack('1.3.0', '--previous', '../packed/1.2.0');
    const byPatch = (await check()).offered;
    expect(byPatch?.downloadBytes).toBeLessThan(2000);
    const stage = async () =>
      scene.client.carryOut('/api/update/apply', { ...(await wanted()), stageOnly: true });
    expect(await counted(stage)).toBe(byPatch?.downloadBytes);

    expect((await scene.client.status()).offered).toMatchObject({ downloadBytes: 0 });
    expect(await counted(install)).toBe(0);
    const { last_result: last } = await scene.client.status();
    expect(last).toMatchObject({ changed: { added: 1, changed: 1, removed: 0 } });
  });
});
