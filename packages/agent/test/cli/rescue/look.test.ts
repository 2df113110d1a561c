/** What rescue looks at, where no agent answers: files of a real directory. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { aStatus } from '../../../../protocol/test/sample-documents.ts';
import type { ForegroundAgent } from '../../../src/cli/rescue/foreground-agent.ts';
import { lookAround } from '../../../src/cli/rescue/look.ts';
import { encodeRecord } from '../../../src/core/record.ts';
import { aJournal } from './a-journal.ts';

const agent: ForegroundAgent = {
  configFault: async () => undefined,
  lockHolder: async () => undefined,
  recover: async () => ({ kind: 'nothing' }),
  rollBack: async () => ({ kind: 'nothing' }),
  repair: async () => ({ kind: 'nothing' }),
  countDamage: async () => 0,
  status: async () => undefined,
};

describe('lookAround', () => {
  it('reads state and journal, and changes neither', () =>
    withTempDir(async (root) => {
      const state = join(root, 'var/lib/pikit-update');
      await mkdir(state, { recursive: true });
      await writeFile(join(state, 'state.json'), encodeRecord({ ...aStatus(), candidate: null }));
      await writeFile(join(state, 'journal.json'), encodeRecord(aJournal().content));
      expect(await lookAround(root, 'test', agent)).toMatchObject({
        agent: 'away',
        running: undefined,
        readOnlyMount: undefined,
        journal: { kind: 'good' },
        isStateDamaged: false,
        status: aStatus(),
      });
      await writeFile(join(state, 'state.json'), 'torn');
      const damaged = await lookAround(root, 'test', agent);
      expect(damaged).toMatchObject({ isStateDamaged: true, status: undefined });
      expect(await readFile(join(state, 'state.json'), 'utf8')).toBe('torn');
    }));
});
