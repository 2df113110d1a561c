/** Who may call it; what it does is tested on devices, in `test/integration/rescue.test.ts`. */
import { stat } from 'node:fs/promises';
import { describe, it } from 'vitest';
import { expectCode } from '../../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { runRescue } from '../../../src/cli/rescue/command.ts';

describe('runRescue', () => {
  it('is for root alone', async () => {
    const patient = {
      root: '/',
      self: '/none',
      uid: 1000,
      client: 'test',
      yes: true,
      note: () => undefined,
    };
    await expectCode(
      runRescue(patient, () => undefined),
      'forbidden',
    );
  });

  it('is for whom the sandbox belongs to, and else would call its configuration wrong', () =>
    withTempDir(async (root) => {
      const uid = (await stat(root)).uid + 1;
      const patient = {
        root,
        self: '/none',
        uid,
        client: 'test',
        yes: true,
        note: () => undefined,
      };
      await expectCode(
        runRescue(patient, () => undefined),
        'forbidden',
      );
    }));
});
