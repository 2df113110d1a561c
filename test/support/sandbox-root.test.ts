/** The sandboxed device must be one that the real agent and the real api accept. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../packages/agent/src/config.ts';
import { loadConfig } from '../../packages/api/src/config.ts';
import { layDownDevice, type DeviceRecipe } from './sandbox-root.ts';
import { withTempDir } from './temp-dir.ts';

const FILES = {
  'pikit-web/index.html': 'old',
  'pikit-api.py': { content: 'print(1)', mode: '755' },
  'bin/helper.sh': 'echo',
};
const recipe = (root: string): DeviceRecipe => ({
  root,
  source: { kind: 'gitea', url: 'http://127.0.0.1:1', repository: 'a/b' },
  installed: { version: '1.0.0', files: FILES },
  probes: [{ url: 'http://127.0.0.1:2/', assets: true, versionField: 'version' }],
});

describe('layDownDevice', () => {
  it('writes configurations that agent and api accept', async () => {
    await withTempDir(async (root) => {
      const device = await layDownDevice(recipe(root), 0);
      const text = await readFile(device.updaterToml, 'utf8');
      const { sources, policy } = parseConfig(text, 'updater.toml');
      expect(sources).toEqual([recipe(root).source]);
      expect(policy.targets.map(({ to }) => to)).toContain('/usr/local/bin');
      expect(policy.services).toHaveLength(3);
      expect(policy.probes[0]).toMatchObject({ assets: true, versionField: 'version' });
      expect((await loadConfig(device.apiToml)).agentSocket).toBe(device.apiSocket);
    });
  });

  it('lays the dashboard down as real files, the old way', async () => {
    await withTempDir(async (root) => {
      await layDownDevice(recipe(root), 0);
      expect(await readFile(join(root, 'var/www/pikit-web/index.html'), 'utf8')).toBe('old');
      expect(await readFile(join(root, 'usr/local/bin/helper.sh'), 'utf8')).toBe('echo');
      expect((await stat(join(root, 'usr/local/bin/pikit-api.py'))).mode & 0o777).toBe(0o755);
      expect(await readFile(join(root, 'etc/pikit/version'), 'utf8')).toBe('1.0.0\n');
    });
  });

  it('leaves a dashboard alone that is there already', async () => {
    await withTempDir(async (root) => {
      await mkdir(join(root, 'var/www/pikit-web'), { recursive: true });
      await writeFile(join(root, 'var/www/pikit-web/index.html'), 'newer');
      await layDownDevice(recipe(root), 0);
      expect(await readFile(join(root, 'var/www/pikit-web/index.html'), 'utf8')).toBe('newer');
    });
  });

  it('refuses a root that is too deep for a Unix socket, and says what to do', async () => {
    await withTempDir(async (dir) => {
      const root = join(dir, 'd'.repeat(100));
      const error: unknown = await layDownDevice(recipe(root), 0).catch((e: unknown) => e);
      expect(String(error)).toContain('at most 107');
      expect(String(error)).toContain('/tmp/pikit');
    });
  });
});
