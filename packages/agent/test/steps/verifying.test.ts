/** The last look before the switch: what was written is read back against the manifest. */
import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { staging } from '../../src/steps/staging.ts';
import { verifying } from '../../src/steps/verifying.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

const TREE = '/var/lib/pikit/staging/1.1.0';

async function staged(recipe: Parameters<typeof aRelease>[1] = {}) {
  await bench.publish(aRelease('1.1.0', recipe));
  const context = bench.context(await bench.begin('1.1.0'));
  await staging(context, quiet());
  return context;
}

describe('verifying', () => {
  it('ends with the record of the tree', async () => {
    await verifying(await staged(), quiet());
    const record: unknown = JSON.parse((await bench.see(join(TREE, '.pikit/tree.json'))) ?? '');
    expect(record).toMatchObject({ version: '1.1.0', files: { length: 5 } });
  });

  it.each([
    ['the medium', true, 'read 5 files back from the medium'],
    ['the cache', false, "read 0 files back from the medium, 5 from the kernel's cache"],
  ])('says that it read from %s', async (_where, fromMedium, line) => {
    const context = await staged();
    const readBack = async (path: string) => ({ ...(await bench.disk.hash(path)), fromMedium });
    await verifying({ ...context, disk: { ...bench.disk, readBack } }, quiet());
    expect(bench.log.lines.join()).toContain(line);
  });

  it.each([
    ['changed', 'pikit-web/index.html', 'hash-mismatch'],
    ['extra', 'pikit-web/extra.js', 'file-unexpected'],
  ] as const)('refuses a file that is %s after writing', async (_what, path, code) => {
    const context = await staged();
    await bench.put(`${TREE}/${path}`, 'something else');
    await expectCode(verifying(context, quiet()), code);
  });

  it('refuses a file that was linked, and written to by what runs since', async () => {
    await bench.publish(aRelease('1.0.0'));
    await bench.apply('1.0.0');
    const context = await staged();
    await writeFile(bench.host('/var/www/pikit-web/assets/logo.svg'), '<svg>drawn over</svg>');
    await expectCode(verifying(context, quiet()), 'hash-mismatch');
  });

  it('refuses a tree with a file missing', async () => {
    const context = await staged();
    await bench.disk.remove(`${TREE}/pikit-api.py`);
    await expectCode(verifying(context, quiet()), 'file-missing');
  });

  it('refuses a file with another mode', async () => {
    const context = await staged();
    await chmod(bench.host(`${TREE}/pikit-api.py`), 0o644);
    await expectCode(verifying(context, quiet()), 'hash-mismatch');
  });

  it.each(['pikit-api.py', 'pikit-web/index.html'])(
    'refuses %s when it became set-uid after writing, whether the manifest gives its mode or not',
    async (path) => {
      const context = await staged();
      await chmod(bench.host(`${TREE}/${path}`), 0o4755);
      await expectCode(verifying(context, quiet()), 'hash-mismatch');
    },
  );
});

describe('verifying, with links', () => {
  const links = { 'pikit-web/run': '../bin/pikit-helper', 'pikit-web/pics': 'assets' };
  const replace = async (path: string, text: string) => {
    await bench.disk.remove(`${TREE}/${path}`);
    await symlink(text, bench.host(`${TREE}/${path}`));
  };

  it('writes them into the record', async () => {
    await verifying(await staged({ links }), quiet());
    const record: unknown = JSON.parse((await bench.see(join(TREE, '.pikit/tree.json'))) ?? '');
    expect(record).toMatchObject({
      files: { length: 5 },
      links: [
        { path: 'pikit-web/run', to: '../bin/pikit-helper' },
        { path: 'pikit-web/pics', to: 'assets' },
      ],
    });
  });

  it.each<
    readonly [
      string,
      'hash-mismatch' | 'file-missing' | 'file-unexpected' | 'entry-refused',
      () => Promise<void>,
    ]
  >([
    ['has another text', 'hash-mismatch', () => replace('pikit-web/run', '/etc/passwd')],
    [
      'is a file',
      'hash-mismatch',
      async () => {
        await bench.disk.remove(`${TREE}/pikit-web/run`);
        await bench.put(`${TREE}/pikit-web/run`, '#!/bin/sh');
      },
    ],
    ['is missing', 'file-missing', () => bench.disk.remove(`${TREE}/pikit-web/run`)],
    ['is one too many', 'file-unexpected', () => replace('pikit-web/extra', 'index.html')],
    [
      'took the place of a directory',
      'file-unexpected',
      async () => {
        await bench.disk.rename(`${TREE}/bin`, '/elsewhere');
        await symlink(bench.host('/elsewhere'), bench.host(`${TREE}/bin`));
      },
    ],
  ])('refuses one that %s', async (_what, code, change) => {
    const context = await staged({ links });
    await change();
    await expectCode(verifying(context, quiet()), code);
  });

  it.each([
    undefined,
    '/etc/passwd',
    `${TREE}/.pikit/manifest.json`,
    `${TREE}/pikit-web/index.html`,
  ])('refuses one that the kernel finds at %s', async (found) => {
    const context = await staged({ links });
    const realPath = async (path: string) =>
      path.endsWith('/run') ? found : bench.disk.realPath(path);
    const work = verifying({ ...context, disk: { ...bench.disk, realPath } }, quiet());
    const error = await expectCode(work, 'entry-refused');
    expect(error.details['path']).toBe('pikit-web/run');
  });
});
