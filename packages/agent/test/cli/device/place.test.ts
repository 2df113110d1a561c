/** Names on a real directory, and the accounts of a device. */
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { lookAt, readAccounts } from '../../../src/cli/device/place.ts';

const own = process.getuid?.() ?? 0;

describe('readAccounts', () => {
  it('knows the names of the device, and numbers where it has none', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'etc'));
      await writeFile(join(root, 'etc/passwd'), 'pikit:x:990:990::/:/bin/false\nbroken\n');
      await writeFile(join(root, 'etc/group'), 'pikit:x:991:\n');
      const { userOf, groupOf, hasApiGroup } = await readAccounts(root, own);
      expect([userOf(own), userOf(990), userOf(7)]).toEqual(['root', 'pikit', '7']);
      expect([groupOf(0), groupOf(991), groupOf(7), hasApiGroup]).toEqual([
        'root',
        'pikit',
        '7',
        true,
      ]);
    }));

  it('knows of no group of the api in a sandbox', () =>
    withTempDir(async (root) => {
      expect((await readAccounts(root, own)).hasApiGroup).toBe(false);
    }));
});

describe('lookAt', () => {
  it('tells kind, mode and owner, and follows no link', () =>
    withTempDir(async (root) => {
      await writeFile(join(root, 'file'), '');
      await chmod(join(root, 'file'), 0o640);
      await symlink('nowhere', join(root, 'link'));
      const accounts = await readAccounts(root, own);
      const kinds = await Promise.all(
        ['/file', '/link', '/', '/none'].map((path) => lookAt(root, path, accounts)),
      );
      expect(kinds.map(({ kind }) => kind)).toEqual(['file', 'link', 'directory', 'absent']);
      expect(kinds[0]).toMatchObject({ path: '/file', mode: 0o640, owner: 'root' });
    }));
});
