/** The two real processes and a real release server: a release becomes a running dashboard, whatever comes in between. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { aPage, openScene, type Scene } from './scene.ts';

const run = promisify(execFile);
let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

async function apply(version: string, manifestSha256: string) {
  return scene.client.carryOut('/api/update/apply', { version, manifestSha256 });
}

describe('a release made by hand', () => {
  it('with nothing but tar czf and sha256sum installs', async () => {
    const dir = join(scene.root, '../by-hand');
    await mkdir(join(dir, 'pikit-web'), { recursive: true });
    await writeFile(join(dir, 'pikit-web/index.html'), 'made by hand');
    await writeFile(join(dir, 'pikit-api.py'), 'api by hand', { mode: 0o755 });
    const { stdout } = await run('sha256sum', ['pikit-web/index.html', 'pikit-api.py'], {
      cwd: dir,
    });
    const files = stdout
      .trim()
      .split('\n')
      .map((line) => ({ path: line.slice(66), sha256: line.slice(0, 64) }));
    const document = { version: '1.1.0', changelog: 'https://example.org/1.1.0', files };
    await writeFile(join(dir, 'manifest.json'), JSON.stringify(document));
    const inside = ['pikit-web', 'pikit-api.py', 'manifest.json'];
    await run('tar', ['czf', 'pikit-1.1.0.tar.gz', ...inside], { cwd: dir });
    scene.server.publish({
      version: '1.1.0',
      assets: ['pikit-1.1.0.tar.gz', 'manifest.json'].map((name) => ({
        name,
        content: join(dir, name),
      })),
    });

    const checked = await scene.client.post('/api/update/check');
    expect(checked).toMatchObject({ status: 200, body: { latest: '1.1.0' } });
    const { offered } = await scene.client.status();
    expect(await apply('1.1.0', offered?.manifestSha256 ?? '')).toMatchObject({
      outcome: 'committed',
    });
    expect(await scene.see('/var/www/pikit-web/index.html')).toBe('made by hand');
    expect(await scene.see('/usr/local/bin/pikit-api.py')).toBe('api by hand');
    expect(await scene.see('/etc/pikit/version')).toBe('1.1.0\n');
  });
});

describe('kill -9 of the agent', () => {
  it('in the middle of the download: the next start goes on and ends in the new release', async () => {
    const big = { ...aPage('1.1.0').files, 'pikit-web/big.bin': incompressible(600_000) };
    const { manifestSha256 } = await scene.publish({ version: '1.1.0', files: big });
    const heal = scene.server.fault({ path: /tar\.gz$/, slowBytesPerSecond: 40_000 });
    await scene.client.post('/api/update/apply', { version: '1.1.0', manifestSha256 });
    await waitFor('the download to be under way', async () => {
      const { progress } = await scene.client.status();
      return progress?.phase === 'staging' && progress.bytesDone > 50_000;
    });
    await scene.stack.killAgent();
    expect(await scene.see('/var/www/pikit-web/index.html')).toBe('old page');
    heal();

    await scene.stack.startAgent();
    const last = await waitFor(
      'the end',
      async () => (await scene.client.status()).last_result ?? undefined,
    );
    expect(last).toMatchObject({ outcome: 'committed', to: '1.1.0' });
    expect(await scene.see('/var/www/pikit-web/index.html')).toBe('page 1.1.0');
    const ranges = scene.server.requests
      .map(({ range }) => range)
      .filter((range) => range !== undefined);
    expect(ranges).not.toEqual([]);
  });

  it.each([0, 40, 80, 120, 200])(
    '%i ms after the start ends in the old or the new release',
    async (delay) => {
      const { manifestSha256 } = await scene.publish(aPage('1.1.0'));
      await scene.client.post('/api/update/apply', { version: '1.1.0', manifestSha256 });
      await new Promise((resolve) => setTimeout(resolve, delay));
      await scene.stack.killAgent();
      await scene.stack.startAgent();
      const last = await waitFor('the end', async () => {
        const { transaction, last_result } = await scene.client.status();
        return transaction === null ? (last_result ?? undefined) : undefined;
      });
      const isNew = last.outcome === 'committed';
      expect(await scene.see('/var/www/pikit-web/index.html')).toBe(
        isNew ? 'page 1.1.0' : 'old page',
      );
      expect(await scene.see('/usr/local/bin/pikit-api.py')).toBe(isNew ? 'api 1.1.0' : 'old api');
      expect(await scene.see('/var/lib/pikit-update/journal.json')).toBeUndefined();
    },
  );
});

describe('the api going away', () => {
  it('changes nothing in the course of the update', async () => {
    const { manifestSha256 } = await scene.publish(aPage('1.1.0'));
    scene.server.fault({ path: /tar\.gz$/, slowBytesPerSecond: 400 });
    await scene.client.post('/api/update/apply', { version: '1.1.0', manifestSha256 });
    await scene.stack.stopApi();
    await waitFor(
      'the new page',
      async () => (await scene.see('/var/www/pikit-web/index.html')) === 'page 1.1.0',
    );
    const state = join(scene.root, 'var/lib/pikit-update/state.json');
    await waitFor('the end', async () =>
      (await readFile(state, 'utf8')).includes('"outcome": "committed"'),
    );
  });
});

/** Does not compress, so that the bundle has about this size. */
function incompressible(bytes: number): Uint8Array {
  const content = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536)
    crypto.getRandomValues(content.subarray(at, at + 65_536));
  return content;
}
