/** The real agent against a real release server: files are damaged, an audit names them, and a repair mends them. */
import { chmod, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { openScene, runProgram, type Scene } from './scene.ts';

const FILES = {
  'pikit-web/index.html': 'page',
  'pikit-web/assets/app.js': 'app()',
  'pikit-web/assets/logo.svg': '<svg/>',
  'pikit-web/big.bin': 'big'.repeat(50_000),
  'pikit-api.py': 'api',
};

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  for (const version of ['1.1.0', '1.2.0']) {
    const files = { ...FILES, 'pikit-web/index.html': `page ${version}` };
    const { manifestSha256 } = await scene.publish({ version, files });
    await scene.client.carryOut('/api/update/apply', { version, manifestSha256 });
  }
});
afterEach(() => scene.close());

const host = (path: string) => join(scene.root, path);
const inTree = (path: string) => host(`/var/lib/pikit/current/${path}`);
const rpc = (...args: string[]) =>
  runProgram('agent/dist/pikit-rpc.mjs', ['--root', scene.root, ...args]);
const agent = (...args: string[]) =>
  runProgram(
    'agent/dist/pikit-agent.mjs',
    ['--root', scene.root, ...args],
    scene.stack.device.systemd,
  );
const json = (text: string): unknown => JSON.parse(text);
const bundlesFetched = () =>
  scene.server.requests.filter(({ path }) => path.endsWith('.tar.gz')).length;

/** In place, missing, mode, extra, and a link replaced. */
async function damage(): Promise<void> {
  await writeFile(inTree('pikit-web/index.html'), 'rotten');
  await rm(inTree('pikit-web/assets/app.js'));
  await chmod(inTree('pikit-web/assets/logo.svg'), 0o600);
  await writeFile(inTree('pikit-web/upload.txt'), 'mine');
  await rm(host('/usr/local/bin/pikit-api.py'));
  await writeFile(host('/usr/local/bin/pikit-api.py'), 'somebody else’s');
}

const FOUND = [
  { path: '/usr/local/bin/pikit-api.py', problem: 'changed' },
  { path: 'pikit-web/assets/app.js', problem: 'missing' },
  { path: 'pikit-web/assets/logo.svg', problem: 'mode' },
  { path: 'pikit-web/index.html', problem: 'changed' },
  { path: 'pikit-web/upload.txt', problem: 'extra' },
];

async function expectWhole(): Promise<void> {
  expect(await scene.see('/var/www/pikit-web/index.html')).toBe('page 1.2.0');
  expect(await scene.see('/var/www/pikit-web/assets/app.js')).toBe('app()');
  expect(await scene.see('/usr/local/bin/pikit-api.py')).toBe('api');
  expect((await stat(host('/var/www/pikit-web/assets/logo.svg'))).mode & 0o777).toBe(0o644);
}

describe('update.verify and update.repair', () => {
  it('find nothing wrong, name what is damaged, mend it, and leave the way back', async () => {
    const whole = await scene.client.post('/api/update/verify');
    expect(whole).toMatchObject({ status: 200, body: { drift: { total: 0, damaged: 0 } } });
    const refused = await scene.client.post('/api/update/repair');
    expect(refused).toMatchObject({ status: 409, body: { code: 'nothing-to-repair' } });

    await damage();
    const { code, stdout } = await rpc('update.verify');
    expect(code).toBe(0);
    expect(stdout).toContain('mode     pikit-web/assets/logo.svg\n');
    expect(stdout).toContain('1.2.0: 4 damaged, 1 that no release brought');
    expect(stdout).toContain(`to mend it: pikit-rpc --root ${scene.root} update.repair`);
    const { drift } = await scene.client.status();
    expect(drift).toMatchObject({ version: '1.2.0', total: 5, damaged: 4 });
    expect(drift?.files.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual(FOUND);

    const fetched = bundlesFetched();
    const { ino } = await stat(inTree('pikit-web/big.bin'));
    const repaired = await scene.client.carryOut('/api/update/repair', {});
    expect(repaired).toMatchObject({ kind: 'repair', outcome: 'committed', to: '1.2.0' });
    await expectWhole();
    expect((await stat(inTree('pikit-web/big.bin'))).ino).toBe(ino);
    expect(bundlesFetched()).toBe(fetched + 1);
    const kept = `/usr/local/bin/pikit-api.py.pikit-kept-${repaired.id}`;
    expect(await scene.see(kept)).toBe('somebody else’s');
    expect(await scene.client.status()).toMatchObject({
      current: '1.2.0',
      previous: '1.1.0',
      drift: null,
    });
    expect(await scene.see('/etc/pikit/version')).toBe('1.2.0\n');

    await scene.client.carryOut('/api/update/rollback', {});
    expect(await scene.see('/var/www/pikit-web/index.html')).toBe('page 1.1.0');
  });

  it('work in the foreground, without a daemon', async () => {
    await damage();
    await scene.stack.stopAgent();
    const found = await agent('--run', 'update.verify');
    expect(found.code).toBe(0);
    expect(json(found.stdout)).toMatchObject({ drift: { total: 5, damaged: 4 } });
    const repaired = await agent('--run', 'update.repair');
    expect(repaired.code).toBe(0);
    expect(json(repaired.stdout)).toMatchObject({ kind: 'repair', outcome: 'committed' });
    await expectWhole();
    const again = await agent('--run', 'update.repair');
    expect(again.code).toBe(1);
    expect(json(again.stdout)).toMatchObject({ error: { code: 'nothing-to-repair' } });
  });

  it('cannot send files again that never were a release, or that the source no longer has', async () => {
    await damage();
    scene.server.withdraw('1.2.0');
    const gone = await scene.client.post('/api/update/repair');
    expect(gone).toMatchObject({ body: { code: 'no-such-release' } });
    await scene.server.close();
    const offline = await scene.client.post('/api/update/repair');
    expect(offline).toMatchObject({ status: 503, body: { code: 'offline' } });
  });
});

describe('a device that went back to what stood there before', () => {
  it('is audited like any other, and refuses a repair', async () => {
    const old = await openScene();
    try {
      const { manifestSha256 } = await old.publish({ version: '1.1.0', files: FILES });
      await old.client.carryOut('/api/update/apply', { version: '1.1.0', manifestSha256 });
      await old.client.carryOut('/api/update/rollback', {});
      await writeFile(join(old.root, 'var/lib/pikit/current/pikit-api.py'), 'rotten');
      const found = await old.client.post('/api/update/verify');
      expect(found).toMatchObject({ body: { drift: { version: '1.0.0', damaged: 1 } } });
      const refused = await old.client.post('/api/update/repair');
      expect(refused).toMatchObject({ status: 409, body: { code: 'not-repairable' } });
    } finally {
      await old.close();
    }
  });
});

describe('kill -9 of the agent in a repair', () => {
  it('while it fetches: the next start goes on and ends in the whole release', async () => {
    await damage();
    const heal = scene.server.fault({ path: /tar\.gz$/, slowBytesPerSecond: 500 });
    expect(await scene.client.post('/api/update/repair')).toMatchObject({ status: 202 });
    await waitFor('the download to be under way', async () => {
      const { progress } = await scene.client.status();
      return progress?.phase === 'staging' && progress.bytesDone > 0;
    });
    await scene.stack.killAgent();
    expect(await scene.see('/var/www/pikit-web/index.html')).toBe('rotten');
    heal();
    await scene.stack.startAgent();
    await waitFor('the end of the repair', async () => {
      const { transaction, last_result } = await scene.client.status();
      return transaction === null && last_result?.kind === 'repair' ? last_result : undefined;
    });
    const { last_result, previous } = await scene.client.status();
    expect(last_result).toMatchObject({ kind: 'repair', outcome: 'committed' });
    expect(previous).toBe('1.1.0');
    await expectWhole();
  });

  it.each([0, 60, 150, 300])('%i ms after its start ends in a whole tree', async (delay) => {
    await damage();
    await scene.client.post('/api/update/repair');
    await new Promise((resolve) => setTimeout(resolve, delay));
    await scene.stack.killAgent();
    await scene.stack.startAgent();
    const end = await waitFor('the end of the repair', async () => {
      const { transaction, last_result } = await scene.client.status();
      return transaction === null && last_result?.kind === 'repair' ? last_result : undefined;
    });
    if (end.outcome === 'committed') await expectWhole();
    else expect(await scene.see('/var/www/pikit-web/index.html')).toBe('rotten');
    expect(await scene.see('/var/lib/pikit-update/journal.json')).toBeUndefined();
    expect(await scene.client.status()).toMatchObject({ current: '1.2.0', previous: '1.1.0' });
  });
});
