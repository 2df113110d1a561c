/** Who may call it; what it finds is tested on devices, in `test/integration/doctor.test.ts`. */
import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { runDoctor } from '../../../src/cli/doctor/command.ts';

const ask = (root: string, uid: number) =>
  runDoctor(
    { root, self: '/none', uid, client: 'test', first: [], nowMs: 0 },
    false,
    () => undefined,
  );

describe('runDoctor', () => {
  it('is for root alone', async () => {
    await expectCode(ask('/', 1000), 'forbidden');
  });

  it('is for whom the sandbox belongs to', () =>
    withTempDir(async (root) => {
      const { uid } = await stat(root);
      const { message } = await expectCode(ask(root, uid + 1), 'forbidden');
      expect(message).toBe(
        `${root} is another user's: only they and root may see what doctor looks at`,
      );
    }));

  it('says that there is no such sandbox', () =>
    withTempDir(async (root) => {
      await expectCode(ask(`${root}/none`, 0), 'invalid-request');
    }));
});
