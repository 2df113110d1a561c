/** Where the other programs lie. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { findPrograms } from '../../../src/cli/device/paths.ts';

describe('findPrograms', () => {
  it('looks beside the file itself and not beside the link by which it was called', () =>
    withTempDir(async (root) => {
      await mkdir(join(root, 'lib'));
      await writeFile(join(root, 'lib/pikit-rpc.mjs'), '');
      await symlink('lib/pikit-rpc.mjs', join(root, 'pikit-rpc'));
      expect(await findPrograms(join(root, 'pikit-rpc'), '/srv/box')).toEqual({
        agent: join(root, 'lib/pikit-agent.mjs'),
        api: '/srv/box/usr/lib/pikit/pikit-api.mjs',
      });
    }));
});
