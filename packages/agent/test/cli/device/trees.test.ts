/** Release trees by their names and the link to one of them. */
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { readTrees } from '../../../src/cli/device/trees.ts';

const NAME = '1.1.0-01234567';

describe('readTrees', () => {
  it('tells which runs, and that one is gone', () =>
    withTempDir(async (root) => {
      expect(await readTrees(root)).toEqual({ current: null, isDangling: false, names: [] });
      const lib = join(root, 'var/lib/pikit');
      await mkdir(join(lib, 'releases', NAME), { recursive: true });
      await mkdir(join(lib, 'releases/other'));
      await symlink(`releases/${NAME}`, join(lib, 'current'));
      expect(await readTrees(root)).toEqual({ current: NAME, isDangling: false, names: [NAME] });
      await rm(join(lib, 'releases', NAME), { recursive: true });
      expect(await readTrees(root)).toEqual({ current: NAME, isDangling: true, names: [] });
    }));
});
