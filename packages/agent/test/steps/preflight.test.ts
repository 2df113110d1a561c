/** What is refused before a byte of the bundle is fetched. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { assertInstallable, preflight } from '../../src/steps/preflight.ts';
import { readStagedManifest } from '../../src/steps/trees.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
});
afterEach(() => bench.close());

describe('preflight', () => {
  it('names files that no target takes', async () => {
    await bench.publish(
      aRelease('1.1.0', { files: { 'pikit-web/index.html': 'x', 'README.md': 'y' } }),
    );
    await preflight(bench.context(await bench.begin('1.1.0')), quiet());
    expect(bench.log.lines.join('\n')).toContain(
      'the release has 1 file that no target takes, such as README.md',
    );
  });

  it('does not believe a staged manifest that was changed', async () => {
    await bench.publish(aRelease('1.1.0'));
    const record = await bench.begin('1.1.0');
    await bench.put('/var/lib/pikit/staging/1.1.0/.pikit/manifest.json', '{}');
    await expectCode(preflight(bench.context(record), quiet()), 'state-damaged');
  });
});

const MIB = 1024 * 1024;
const sha256 = 'a'.repeat(64);
const aFileOf = (...mebibytes: readonly number[]) => ({
  files: mebibytes.map((size, at) => ({ path: `pikit-web/${at}`, sha256, size: size * MIB })),
});
const aSetUidFile = {
  files: [
    { path: 'pikit-web/a', sha256 },
    { path: 'bin/run', sha256, mode: '4755' },
  ],
};

describe('assertInstallable, for a release that somebody signed', () => {
  it('lets it bring a set-uid file', async () => {
    await bench.publish(aRelease('1.1.0'));
    const record = await bench.begin('1.1.0');
    const manifest = await readStagedManifest(bench.tools, record, MIB);
    const files = manifest.files.map((file) => ({ ...file, mode: '4755' }));
    const wanted = { bundleBytes: 0, signedBy: 'A1B2C3D4' };
    await assertInstallable(bench.tools, { ...manifest, files }, wanted);
    await expectCode(
      assertInstallable(bench.tools, { ...manifest, files }, { bundleBytes: 0 }),
      'manifest-invalid',
    );
  });
});

describe('assertInstallable', () => {
  it.each([
    ['another product', { product: 'other' }, 'incompatible'],
    ['another architecture', { requires: { arch: ['mips'] } }, 'incompatible'],
    ['a newer updater', { requires: { updater: '>=9' } }, 'incompatible'],
    ['a command of nobody knows whom', { post_install: ['bin/x'] }, 'post-install-refused'],
    ['a line for a shell', { post_install: ['bin/x; reboot'] }, 'post-install-refused'],
    ['a set-uid file that nobody signed', aSetUidFile, 'manifest-invalid'],
    [
      'a link in a target of copies',
      { links: [{ path: 'cron/l', to: 'pikit' }] },
      'manifest-invalid',
    ],
    [
      'a link for a target',
      { links: [{ path: 'bin', to: 'pikit-web' }], files: aSetUidFile.files.slice(0, 1) },
      'manifest-invalid',
    ],
    ['a file that is too large', aFileOf(49), 'too-large'],
    ['files that are too large together', aFileOf(33, 33), 'too-large'],
    ['a bundle that is too large', { bundle: { name: 'a.tar.gz', size: 17 * MIB } }, 'too-large'],
    ['a unit that is not in the list', { post_install: ['restart sshd'] }, 'post-install-refused'],
  ] as const)('refuses %s', async (_what, manifest, code) => {
    const strict = await createWorkbench({ product: 'pi-kit' });
    await strict.publish(aRelease('1.1.0', { manifest }));
    await expectCode(strict.begin('1.1.0'), code);
    await strict.close();
  });

  it('refuses a command for what is missing first: signature, permission, systemd', async () => {
    const files = { 'bin/migrate': { content: '#!/bin/sh\n', mode: '755' } };
    await bench.publish(aRelease('1.1.0', { files }));
    const record = await bench.begin('1.1.0');
    const plain = await readStagedManifest(bench.tools, record, 1024 * 1024);
    const manifest = { ...plain, post_install: ['bin/migrate'] };
    const signed = { bundleBytes: null, signedBy: '0123456789ABCDEF' };
    const { tools } = bench;
    await assertInstallable(tools, manifest, signed);
    const reasonOf = async (given: typeof tools, by: Parameters<typeof assertInstallable>[2]) => {
      const refusal = assertInstallable(given, manifest, by);
      return (await expectCode(refusal, 'post-install-refused')).details['reason'];
    };
    const commands = { ...bench.policy.commands, isAllowed: false };
    const forbidding = { ...tools, policy: { ...bench.policy, commands } };
    const bare = { ...tools, commands: { ...tools.commands, isAvailable: async () => false } };
    expect(await reasonOf(forbidding, { bundleBytes: null })).toContain('signed');
    expect(await reasonOf(forbidding, signed)).toContain('updater.toml');
    expect(await reasonOf(bare, signed)).toContain('systemd');
  });

  it('refuses two files that would take one name', async () => {
    const files = { 'pikit-api.py': 'a', 'bin/pikit-api.py': 'b' };
    await bench.publish(aRelease('1.1.0', { files }));
    await expectCode(bench.begin('1.1.0'), 'manifest-invalid');
  });

  it('refuses a target that the agent may not write to, before anything is fetched', async () => {
    await bench.publish(aRelease('1.1.0'));
    const record = await bench.begin('1.1.0');
    const manifest = await readStagedManifest(bench.tools, record, 1024 * 1024);
    const space: typeof bench.disk.space = async (path) => ({
      ...(await bench.disk.space(path)),
      isReadOnly: path.startsWith('/var/www'),
    });
    const confined = { ...bench.tools, disk: { ...bench.disk, space } };
    const refused = assertInstallable(confined, manifest, { bundleBytes: 5000 });
    const { details } = await expectCode(refused, 'config-invalid');
    expect(details['reason']).toContain('/var/www is read-only');
  });

  it('refuses what does not fit, with what is needed and what is free', async () => {
    await bench.publish(aRelease('1.1.0'));
    const record = await bench.begin('1.1.0');
    const manifest = await readStagedManifest(bench.tools, record, 1024 * 1024);
    const full = {
      ...bench.tools,
      disk: {
        ...bench.disk,
        space: async () => ({
          filesystem: '1',
          mount: '/data',
          isReadOnly: false,
          freeBytes: 1024,
          totalInodes: 0,
          freeInodes: 0,
        }),
      },
    };
    const error = await expectCode(
      assertInstallable(full, manifest, { bundleBytes: 5000 }),
      'no-space',
    );
    expect(error.details).toMatchObject({ mount: '/data', what: 'bytes', free: 1024 });
    expect(Number(error.details['needed'])).toBeGreaterThan(5000 + 5 * 5000);
  });
});
