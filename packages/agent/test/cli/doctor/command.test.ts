/** Who may call it; what it finds is tested on devices, in `test/integration/doctor.test.ts`. */
import { describe, it } from 'vitest';
import { expectCode } from '../../../../../test/support/expect-code.ts';
import { runDoctor } from '../../../src/cli/doctor/command.ts';

describe('runDoctor', () => {
  it('is for root alone', async () => {
    const patient = { root: '/', self: '/none', uid: 1000, client: 'test', first: [], nowMs: 0 };
    await expectCode(
      runDoctor(patient, false, () => undefined),
      'forbidden',
    );
  });
});
