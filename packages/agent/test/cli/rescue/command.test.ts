/** Who may call it; what it does is tested on devices, in `test/integration/rescue.test.ts`. */
import { describe, it } from 'vitest';
import { expectCode } from '../../../../../test/support/expect-code.ts';
import { runRescue } from '../../../src/cli/rescue/command.ts';

describe('runRescue', () => {
  it('is for root alone', async () => {
    const patient = { root: '/', self: '/none', uid: 1000, client: 'test', yes: true };
    await expectCode(
      runRescue(patient, () => undefined),
      'forbidden',
    );
  });
});
