/** The examination of an empty directory: each check says something, and none of them fails. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { examine } from '../../../src/cli/doctor/examine.ts';

describe('examine', () => {
  it('has a finding for each check, even where there is nothing at all', () =>
    withTempDir(async (root) => {
      const self = join(root, 'pikit-rpc.mjs');
      await writeFile(self, '');
      const patient = { root, self, uid: process.getuid?.() ?? 0, client: 'test', first: [] };
      const verdicts = await examine({ ...patient, nowMs: Date.now() });
      const names = 'agent sockets config files journal release audit keys clock source disk units';
      const found = new Set(verdicts.map(({ check }) => check));
      expect(
        [...names.split(' '), 'node', 'api', 'leftovers'].filter((name) => !found.has(name)),
      ).toEqual([]);
      expect(verdicts.find(({ check }) => check === 'agent')?.level).toBe('bad');
    }));
});
