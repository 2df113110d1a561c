/** The way back, and the plain word when it fails. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { rollingBack } from '../../src/steps/rolling-back.ts';
import { aRelease, createWorkbench, quiet, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
  await bench.apply('1.1.0');
});
afterEach(() => bench.close());

/** As it stands when 1.2.0 has just failed: it runs, and 1.1.0 is the way back. */
async function failing() {
  await bench.publish(aRelease('1.2.0'));
  const record = await bench.begin('1.2.0');
  await bench.apply('1.2.0');
  return bench.context(record);
}

describe('rollingBack', () => {
  it('brings the previous release back and looks whether it answers', async () => {
    const context = await failing();
    bench.prober.asked.length = 0;
    await rollingBack(context, quiet());
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.1.0</h1>');
    expect(bench.prober.asked).toEqual(['1.1.0', '1.1.0']);
  });

  it('fails with the reason when the previous release does not answer either', async () => {
    const context = await failing();
    bench.prober.refuses.add('1.1.0');
    const error = await expectCode(rollingBack(context, quiet()), 'roll-back-failed');
    expect(error.details).toEqual({ reason: 'probe-failed', version: '1.1.0' });
  });

  it('undoes a commit that was cut short', async () => {
    const context = await failing();
    await rollingBack(context, quiet());
    expect(await bench.see('/etc/pikit/version')).toBe('1.1.0\n');
  });

  it('leaves a version file that no commit has written', async () => {
    const empty = await createWorkbench();
    await empty.put('/etc/pikit/version', '1.0.0\n');
    await empty.publish(aRelease('1.1.0'));
    empty.prober.refuses.add('1.1.0');
    expect(await empty.apply('1.1.0')).toMatchObject({ outcome: 'rolled-back', from: null });
    expect(await empty.see('/etc/pikit/version')).toBe('1.0.0\n');
    await empty.close();
  });

  it('never takes a missing release for an empty one', async () => {
    const context = await failing();
    const { from } = context.record();
    await bench.disk.remove(`/var/lib/pikit/releases/${from?.name ?? ''}`);
    const error = await expectCode(rollingBack(context, quiet()), 'roll-back-failed');
    expect(error.details).toMatchObject({ reason: 'state-damaged' });
    expect(await bench.see('/var/www/pikit-web/index.html')).toBe('<h1>1.2.0</h1>');
  });
});
