/** What stood at the targets before the first update becomes a release like any other. */
import { lstat, mkdir, readlink, symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import type { Target } from '../../src/core/activation-plan.ts';
import { MAX_COPY_BYTES } from '../../src/core/release-size.ts';
import { adopt, measureAdoption } from '../../src/steps/adopt.ts';
import { readTree } from '../../src/steps/trees.ts';
import { aRelease, createWorkbench, TARGETS, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
});
afterEach(() => bench.close());

const COMING = {
  files: [{ path: 'pikit-web/index.html' }, { path: 'pikit-api.py' }, { path: 'bin/pikit-helper' }],
};
const adoptNow = async () => adopt(bench.context(await bench.begin('1.1.0')), COMING);

describe('adopt', () => {
  it('copies files with their modes and digests, and leaves the originals', async () => {
    await bench.put('/var/www/pikit-web/index.html', 'old page');
    await bench.put('/usr/local/bin/pikit-helper', 'old helper', 0o755);
    await bench.put('/usr/local/bin/foreign', 'not ours', 0o755);
    const tree = await adoptNow();
    expect(tree?.version).toBe('preexisting');
    const record = tree && (await readTree(bench.disk, tree.name));
    expect(record?.files.map(({ path, mode }) => [path, mode])).toEqual([
      ['bin/pikit-helper', 0o755],
      ['pikit-web/index.html', 0o644],
    ]);
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('old page');
  });

  it('takes the version from the plan’s version file', async () => {
    await bench.put('/etc/pikit/version', 'v1.0.3\n');
    await bench.put('/usr/local/bin/pikit-api.py', 'old api');
    expect((await adoptNow())?.version).toBe('1.0.3');
  });

  it('keeps inner symlinks as they are and follows one that is the target itself', async () => {
    await bench.put('/opt/site/real.html', 'real');
    await symlink('real.html', bench.host('/opt/site/index.html'));
    await mkdir(bench.host('/var/www'), { recursive: true });
    await symlink(bench.host('/opt/site'), bench.host('/var/www/pikit-web'));
    const tree = await adoptNow();
    const path = bench.host(`/var/lib/pikit/releases/${tree?.name ?? ''}/pikit-web`);
    expect((await lstat(path)).isDirectory()).toBe(true);
    expect(await readlink(`${path}/index.html`)).toBe('real.html');
  });

  it('lets a link that leads out of its directory lead where it led, and back again too', async () => {
    await bench.put('/var/www/pikit-web/index.html', 'old page');
    await bench.put('/var/www/uploads/a.png', 'a picture');
    await mkdir(bench.host('/var/www/pikit-web/deep'));
    await symlink('../uploads', bench.host('/var/www/pikit-web/uploads'));
    await symlink('../../uploads/./a.png', bench.host('/var/www/pikit-web/deep/a.png'));
    await symlink('../index.html', bench.host('/var/www/pikit-web/deep/index.html'));
    await bench.apply('1.1.0');
    await bench.rollback();
    expect(await bench.see('/var/www/pikit-web/uploads/a.png')).toBe('a picture');
    expect(await bench.see('/var/www/pikit-web/deep/a.png')).toBe('a picture');
    const inside = bench.host('/var/www/pikit-web/deep/index.html');
    expect(await readlink(inside)).toBe('../index.html');
  });

  it('is nothing where nothing stands', async () => {
    expect(await adoptNow()).toBeUndefined();
  });

  it('run again after a crash gives the same tree', async () => {
    await bench.put('/usr/local/bin/pikit-api.py', 'old api');
    await bench.put('/var/lib/pikit/staging/adopted/half', 'half');
    const first = await adoptNow();
    expect(await adoptNow()).toEqual(first);
  });
});

describe('adopt, where two targets take the same of a release', () => {
  const [web] = TARGETS;
  const twice: readonly Target[] = [
    { from: 'pikit-web/site.conf', to: '/etc/nginx/site.conf', kind: 'file', copy: false },
    ...(web === undefined ? [] : [web, { ...web, to: '/var/www/alias' }]),
  ];
  const files = { ...aRelease('1.2.0').files, 'pikit-web/site.conf': 'new' };

  it('takes what is the same in both places once, and goes back', async () => {
    const both = bench.restart({ ...bench.policy, targets: twice });
    await bench.publish(aRelease('1.2.0', { files }));
    await bench.put('/var/www/pikit-web/site.conf', 'old');
    await bench.put('/etc/nginx/site.conf', 'old');
    await symlink('pikit-web', bench.host('/var/www/alias'));
    await both.updater.apply(await bench.wanted('1.2.0'), 'admin');
    expect(await both.updater.settled()).toMatchObject({ outcome: 'committed' });
    expect(await bench.see('/etc/nginx/site.conf')).toBe('new');
    await both.updater.rollback('admin');
    expect(await both.updater.settled()).toMatchObject({ outcome: 'committed' });
    for (const path of ['/etc/nginx/site.conf', '/var/www/alias/site.conf']) {
      expect(await bench.see(path)).toBe('old');
    }
  });

  it('is refused before anything is fetched where they differ: one tree cannot hold both', async () => {
    const both = bench.restart({ ...bench.policy, targets: twice });
    await bench.publish(aRelease('1.2.0', { files }));
    await bench.put('/var/www/pikit-web/site.conf', 'of the page');
    await bench.put('/etc/nginx/site.conf', 'of the server');
    const wanted = await bench.wanted('1.2.0');
    const error = await expectCode(both.updater.apply(wanted, 'admin'), 'incompatible');
    expect(error.details).toMatchObject({
      required: '/var/www/pikit-web/site.conf',
      found: '/etc/nginx/site.conf',
    });
  });
});

describe('measureAdoption', () => {
  it('counts what a linked target leads to', async () => {
    await bench.put('/opt/site/index.html', 'x'.repeat(50_000));
    await mkdir(bench.host('/var/www'), { recursive: true });
    await symlink(bench.host('/opt/site'), bench.host('/var/www/pikit-web'));
    const { bytes } = await measureAdoption(bench.disk, TARGETS, COMING);
    expect(bytes).toBeGreaterThanOrEqual(50_000);
  });

  it('counts what a relative link leads to, and a link to a link', async () => {
    await bench.put('/var/www/5/index.html', 'x'.repeat(50_000));
    await symlink('5', bench.host('/var/www/live'));
    await symlink('live', bench.host('/var/www/pikit-web'));
    const { bytes } = await measureAdoption(bench.disk, TARGETS, COMING);
    expect(bytes).toBeGreaterThanOrEqual(50_000);
  });

  it('refuses a file that could not be copied back', async () => {
    const coming = { files: [{ path: 'cron/pikit' }, { path: 'bin/pikit-helper' }] };
    const large = 'x'.repeat(MAX_COPY_BYTES + 1);
    await bench.put('/usr/local/bin/pikit-helper', large);
    await measureAdoption(bench.disk, TARGETS, coming);
    await bench.put('/etc/cron.d/pikit', large);
    const error = await expectCode(measureAdoption(bench.disk, TARGETS, coming), 'incompatible');
    expect(error.details).toMatchObject({ found: '/etc/cron.d/pikit of 16777217 bytes' });
  });

  it('adds up what stands', async () => {
    await bench.put('/var/www/pikit-web/index.html', '12345');
    await bench.put('/var/www/pikit-web/assets/a.js', '1234567890');
    const { bytes, files } = await measureAdoption(bench.disk, TARGETS, COMING);
    expect(bytes).toBeGreaterThanOrEqual(15);
    expect(files).toBe(3);
  });
});
