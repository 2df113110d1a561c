/** The phase asks for the version that was just activated. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { probing } from '../../src/steps/probing.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
});
afterEach(() => bench.close());

describe('probing', () => {
  it('passes when the new version answers, and says so', async () => {
    await probing(bench.context(await bench.begin('1.1.0')), quiet());
    expect(bench.prober.asked).toEqual(['1.1.0', '1.1.0']);
    expect(bench.log.lines).toContain('the new release answers as it must');
  });

  it('fails when it does not', async () => {
    bench.prober.refuses.add('1.1.0');
    await expectCode(probing(bench.context(await bench.begin('1.1.0')), quiet()), 'probe-failed');
  });
});
