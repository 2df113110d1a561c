/** What updater.toml says to whoever looks at the same things as the agent. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { readSettings } from '../../../src/cli/device/settings.ts';

const TOML = `timer = "other.timer"
[source]
kind = "dir"
path = "/media/usb"
[[target]]
from = "web/"
to = "/var/www/web"
kind = "directory"
[[target]]
from = "bin/"
to = "/usr/local/bin"
kind = "merge"
[[service]]
unit = "nginx"
`;

describe('readSettings', () => {
  it('names targets, services and the timer, and none where the file is not good', () =>
    withTempDir(async (root) => {
      const unknown = {
        targets: [],
        written: [],
        services: [],
        timer: 'pikit-update.timer',
        selfUpdate: undefined,
      };
      expect(await readSettings(root)).toEqual(unknown);
      await mkdir(join(root, 'etc/pikit'), { recursive: true });
      await writeFile(join(root, 'etc/pikit/updater.toml'), TOML);
      expect(await readSettings(root)).toEqual({
        targets: ['/var/www/web', '/usr/local/bin'],
        written: ['/var/www', '/usr/local/bin'],
        services: ['nginx.service'],
        timer: 'other.timer',
        selfUpdate: { hasTarget: false, isApiTold: false },
      });
      await writeFile(join(root, 'etc/pikit/updater.toml'), `${TOML}misspelt = 1\n`);
      expect(await readSettings(root)).toEqual(unknown);
    }));

  it.each([
    ['as it ships', 'after = ["updater/"]\n', true],
    ['for any change', '', true],
    ['for the page alone', 'after = ["web/"]\n', false],
  ])(
    'sees the target of the updater itself, and whether the api hears of it: %s',
    (_how, after, isApiTold) =>
      withTempDir(async (root) => {
        await mkdir(join(root, 'etc/pikit'), { recursive: true });
        const own = `[[target]]
from = "updater/"
to = "/usr/local/lib/pikit"
kind = "directory"
[[service]]
unit = "pikit-api.service"
`;
        await writeFile(join(root, 'etc/pikit/updater.toml'), TOML + own + after);
        expect(await readSettings(root)).toMatchObject({
          selfUpdate: { hasTarget: true, isApiTold },
        });
      }),
  );
});
