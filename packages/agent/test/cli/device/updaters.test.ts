/** Looking at both places of the updater, with the launcher that ships. */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../../../test/support/repository-root.ts';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { readUpdaters } from '../../../src/cli/device/updaters.ts';

const RELEASE = 'usr/local/lib/pikit/lib';
const NAMES = ['pikit-agent.mjs', 'pikit-rpc.mjs', 'pikit-api.mjs'];

async function lay(root: string, place: string, version: string): Promise<void> {
  for (const name of NAMES) {
    await mkdir(dirname(join(root, place, name)), { recursive: true });
    await writeFile(join(root, place, name), '');
  }
  await writeFile(join(root, place, 'version'), version);
}

describe('readUpdaters', () => {
  it('knows nothing where nothing is installed', () =>
    withTempDir(async (root) => {
      expect(await readUpdaters(root)).toBeUndefined();
    }));

  it('tells what the launcher takes, both versions, and what is missing', () =>
    withTempDir(async (root) => {
      await lay(root, 'usr/lib/pikit', '0.2.0\n');
      const launcher = join(root, 'usr/lib/pikit/start');
      await copyFile(join(repositoryRoot(), 'deploy/start'), launcher);
      const installed = { chosen: 'installed', installed: '0.2.0' };
      expect(await readUpdaters(root)).toEqual({ ...installed, release: undefined });
      await lay(root, RELEASE, '0.3.0\n');
      const release = { version: '0.3.0', missing: [] };
      expect(await readUpdaters(root)).toEqual({ ...installed, chosen: 'release', release });
      await writeFile(join(root, RELEASE, 'version'), 'nonsense\n');
      await rm(join(root, RELEASE, 'pikit-agent.mjs'));
      const broken = { version: undefined, missing: ['pikit-agent.mjs'] };
      expect(await readUpdaters(root)).toEqual({ ...installed, release: broken });
      await writeFile(launcher, '#!/bin/sh\nexit 1\n');
      expect(await readUpdaters(root)).toMatchObject({ chosen: undefined });
    }));
});
