/** Who may call it; what it does is tested on devices, in `test/integration/rescue.test.ts`. */
import { stat } from 'node:fs/promises';
import { describe, it } from 'vitest';
import { expectCode } from '../../../../../test/support/expect-code.ts';
import { withTempDir } from '../../../../../test/support/temp-dir.ts';
import { runRescue } from '../../../src/cli/rescue/command.ts';

const called = (by: { readonly root: string; readonly uid: number }): Promise<number> =>
  runRescue(
    { ...by, self: '/none', client: 'test', yes: true, note: () => undefined },
    () => undefined,
  );

describe('runRescue', () => {
  it('is for root alone', async () => {
    await expectCode(called({ root: '/', uid: 1000 }), 'forbidden');
  });

  it('is for whom the sandbox belongs to, and else would call its configuration wrong', () =>
    withTempDir(async (root) => {
      await expectCode(called({ root, uid: (await stat(root)).uid + 1 }), 'forbidden');
    }));
});
