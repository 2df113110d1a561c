/**
 * A release with symlinks, all the way on a real directory: installed, seen through every kind of target, linked into the
 * next tree, audited, repaired, dropped and rolled back.
 */
import { chmod, lstat, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  aRelease,
  createWorkbench,
  type Workbench,
} from '../../packages/agent/test/support/workbench.ts';
import { audit } from '../../packages/agent/src/updater/audit.ts';

const LINKS = {
  'pikit-web/latest.html': 'index.html',
  'pikit-web/pics': 'assets',
  'pikit-web/run': '../bin/pikit-helper',
  'bin/pikit-tool': 'pikit-helper',
  'bin/pikit-pics': '../pikit-web/pics',
};

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.put('/usr/local/bin/pikit-tool', 'the owner’s');
});
afterEach(() => bench.close());

async function install(version: string, links: Readonly<Record<string, string>> = LINKS) {
  await bench.publish(aRelease(version, { links }));
  return bench.apply(version);
}

const damageOf = async () =>
  (await audit(bench.tools))?.drift.files.map(({ path, problem }) => `${problem} ${path}`);

describe('a release with links', () => {
  it.each(['plan', 'full'] as const)(
    'shows what they lead to, from a bundle in the %s form',
    async (form) => {
      await bench.publish(aRelease('1.1.0', { links: LINKS, form }));
      expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'committed' });
      expect(await bench.see('/var/www/pikit-web/latest.html')).toBe('<h1>1.1.0</h1>');
      expect(await bench.see('/var/www/pikit-web/pics/logo.svg')).toBe('<svg/>');
      expect(await bench.see('/var/www/pikit-web/run')).toBe('#!/bin/sh\n');
      expect(await bench.see('/usr/local/bin/pikit-tool')).toBe('#!/bin/sh\n');
      expect(await bench.see('/usr/local/bin/pikit-pics/logo.svg')).toBe('<svg/>');
      expect(await readlink(bench.host('/var/lib/pikit/current/pikit-web/run'))).toBe(
        '../bin/pikit-helper',
      );
      expect(await damageOf()).toEqual([]);
    },
  );

  it('brings back what stood in the place of one when it is rolled back', async () => {
    await install('1.1.0');
    expect(await bench.rollback()).toMatchObject({ outcome: 'committed' });
    expect(await bench.see('/usr/local/bin/pikit-tool')).toBe('the owner’s');
    expect(await bench.see('/usr/local/bin/pikit-pics')).toBeUndefined();
  });

  it('makes way for one without them, and comes back by a roll-back', async () => {
    await install('1.1.0');
    await install('1.2.0', {});
    expect(await bench.see('/usr/local/bin/pikit-tool')).toBeUndefined();
    expect(await bench.see('/var/www/pikit-web/pics/logo.svg')).toBeUndefined();
    expect(await bench.rollback()).toMatchObject({ outcome: 'committed' });
    expect(await bench.see('/usr/local/bin/pikit-tool')).toBe('#!/bin/sh\n');
    expect(await bench.see('/var/www/pikit-web/pics/logo.svg')).toBe('<svg/>');
  });

  it('is repaired without a download when a link was changed', async () => {
    await install('1.1.0');
    const tree = bench.host('/var/lib/pikit/current');
    await rm(`${tree}/pikit-web/run`);
    await symlink('/etc/passwd', `${tree}/pikit-web/run`);
    await rm(`${tree}/pikit-web/latest.html`);
    await writeFile(`${tree}/pikit-web/latest.html`, 'a file');
    await rm(`${tree}/bin/pikit-tool`);
    expect(await damageOf()).toEqual([
      'changed pikit-web/latest.html',
      'changed pikit-web/run',
      'missing bin/pikit-tool',
    ]);
    expect(await bench.repair()).toMatchObject({ outcome: 'committed', bytesFetched: 0 });
    expect(await damageOf()).toEqual([]);
    expect(await bench.see('/var/www/pikit-web/run')).toBe('#!/bin/sh\n');
  });

  it('finds a file that became a link, and one that became set-uid', async () => {
    await install('1.1.0');
    const tree = bench.host('/var/lib/pikit/current');
    await bench.disk.remove('/var/lib/pikit/current/pikit-web/index.html');
    await symlink('assets/logo.svg', `${tree}/pikit-web/index.html`);
    const { mode } = await lstat(`${tree}/pikit-api.py`);
    await chmod(`${tree}/pikit-api.py`, mode | 0o4000);
    expect(await damageOf()).toEqual(['mode pikit-api.py', 'changed pikit-web/index.html']);
  });
});

describe('a bundle is refused', () => {
  const listed = Object.entries(LINKS).map(([path, to]) => ({ path, to }));
  it.each([
    ['whose manifest lists no links', { links: [] }, 'entry-refused'],
    ['with a link that its manifest does not list', { links: listed.slice(1) }, 'entry-refused'],
    [
      'with a link to somewhere else',
      { links: [{ path: 'pikit-web/latest.html', to: 'assets/logo.svg' }, ...listed.slice(1)] },
      'entry-refused',
    ],
    [
      'without a link',
      { links: [...listed, { path: 'bin/more', to: 'pikit-tool' }] },
      'file-missing',
    ],
  ] as const)('%s', async (_what, manifest, code) => {
    await bench.publish(aRelease('1.1.0', { links: LINKS, manifest }));
    expect(await bench.apply('1.1.0')).toMatchObject({ outcome: 'failed', error: { code } });
    expect(await bench.see('/usr/local/bin/pikit-tool')).toBe('the owner’s');
  });
});
