/** What an audit finds: every way in which a file or a name on the device can differ, and nothing where nothing does. */
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audit } from '../../src/updater/audit.ts';
import { aRelease, createWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/var/www/pikit-web/index.html', 'old page');
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
});
afterEach(() => bench.close());

const host = (path: string) => bench.host(path);
const inTree = (path: string) => host(`/var/lib/pikit/current/${path}`);
async function found() {
  const result = await audit(bench.tools);
  if (result === undefined) throw new Error('nothing is installed');
  const { files, total, damaged } = result.drift;
  return {
    ...result,
    total,
    damaged,
    listed: files.map(({ path, problem }) => `${problem} ${path}`).toSorted(),
  };
}

describe('audit', () => {
  it('finds nothing wrong with what was just installed', async () => {
    expect(await found()).toMatchObject({
      drift: { version: '1.1.0', files: [], total: 0, damaged: 0 },
      isTreeWhole: true,
      isAdopted: false,
      targets: [],
    });
  });

  it('has nothing to say where nothing is installed', async () => {
    const empty = await createWorkbench();
    expect(await audit(empty.tools)).toBeUndefined();
    await empty.close();
  });

  it.each([
    ['changed in place', () => writeFile(inTree('pikit-api.py'), 'x'), 'changed pikit-api.py'],
    ['missing', () => rm(inTree('pikit-api.py')), 'missing pikit-api.py'],
    ['of another mode', () => chmod(inTree('pikit-api.py'), 0o700), 'mode pikit-api.py'],
    [
      'replaced by a directory',
      async () => {
        await rm(inTree('pikit-api.py'));
        await mkdir(inTree('pikit-api.py'));
      },
      'missing pikit-api.py',
    ],
    [
      'replaced by a symlink',
      async () => {
        await rm(inTree('pikit-api.py'));
        await symlink('/bin/true', inTree('pikit-api.py'));
      },
      'changed pikit-api.py',
    ],
    [
      'no longer led to',
      async () => {
        await rm(host('/usr/local/bin/pikit-api.py'));
        await writeFile(host('/usr/local/bin/pikit-api.py'), 'mine');
      },
      'changed /usr/local/bin/pikit-api.py',
    ],
    [
      'no longer to be found on the device',
      () => rm(host('/usr/local/bin/pikit-api.py')),
      'missing /usr/local/bin/pikit-api.py',
    ],
  ])('names a file that is %s, and its target', async (_what, harm, line) => {
    await harm();
    expect(await found()).toMatchObject({
      listed: [line],
      total: 1,
      damaged: 1,
      targets: ['pikit-api.py'],
      isTreeWhole: line.includes(' /'),
    });
  });

  it.each([
    ['edited', () => writeFile(host('/etc/cron.d/pikit'), '# mine\n'), 'changed'],
    ['gone', () => rm(host('/etc/cron.d/pikit')), 'missing'],
    ['of another mode', () => chmod(host('/etc/cron.d/pikit'), 0o600), 'mode'],
  ])('names a copy that is %s', async (_what, harm, problem) => {
    await harm();
    const { listed, targets, isTreeWhole } = await found();
    expect({ listed, targets, isTreeWhole }).toEqual({
      listed: [`${problem} /etc/cron.d/pikit`],
      targets: ['cron'],
      isTreeWhole: true,
    });
  });

  it('reports what no release brought, and does not call it damage', async () => {
    await writeFile(inTree('pikit-web/upload.txt'), 'mine');
    expect(await found()).toMatchObject({
      listed: ['extra pikit-web/upload.txt'],
      damaged: 0,
      extra: 1,
      targets: [],
      isTreeWhole: true,
    });
  });

  it('believes nothing below a directory that became a symlink', async () => {
    await rm(inTree('bin'), { recursive: true });
    await symlink(host('/elsewhere'), inTree('bin'));
    await bench.put('/elsewhere/pikit-helper', '#!/bin/sh\n', 0o755);
    expect(await found()).toMatchObject({
      listed: ['extra bin', 'missing bin/pikit-helper'],
      targets: ['bin'],
    });
  });

  it('calls a file that cannot be read damaged, and goes on', async () => {
    const { disk } = bench;
    const failing = {
      ...disk,
      hash: async (path: string) =>
        path.endsWith('/logo.svg') ? disk.hash('/nowhere') : disk.hash(path),
    };
    const result = await audit({ ...bench.tools, disk: failing });
    expect(result?.drift.files).toEqual([
      { path: 'pikit-web/assets/logo.svg', problem: 'changed' },
    ]);
  });

  it('compares with the manifest when the record of the tree is torn', async () => {
    await writeFile(inTree('.pikit/tree.json'), '{"format":1');
    await writeFile(inTree('pikit-web/index.html'), 'x');
    expect(await found()).toMatchObject({
      listed: ['changed .pikit/tree.json', 'changed pikit-web/index.html'],
      targets: ['pikit-web'],
      isTreeWhole: false,
    });
  });

  it('without any record suspects every target, and lists only what it knows', async () => {
    await rm(inTree('.pikit'), { recursive: true });
    expect(await found()).toMatchObject({
      listed: ['missing .pikit/manifest.json', 'missing .pikit/tree.json'],
      targets: ['pikit-web', 'pikit-api.py', 'bin', 'cron'],
      isAdopted: false,
    });
  });

  it('audits adopted files against their own record', async () => {
    await bench.rollback();
    expect(await found()).toMatchObject({ isAdopted: true, total: 0 });
    await writeFile(inTree('pikit-web/index.html'), 'x');
    expect(await found()).toMatchObject({
      drift: { version: 'preexisting' },
      listed: ['changed pikit-web/index.html'],
      isAdopted: true,
    });
  });
});
