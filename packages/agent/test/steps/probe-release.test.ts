/** Patience with a slow start, and an end to it. */
import { UpdateError, VersionSchema } from '@pikit/protocol';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { probeRelease } from '../../src/steps/probe-release.ts';
import { aRelease, createWorkbench, quiet, WEB, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await createWorkbench();
  await bench.publish(aRelease('1.1.0'));
});
afterEach(() => bench.close());

const VERSION = v.parse(VersionSchema, '1.1.0');

async function answeringAfter(failures: number) {
  let left = failures;
  const context = bench.context(await bench.begin('1.1.0'));
  const prober = {
    probe: async () => {
      left -= 1;
      if (left >= 0) throw new UpdateError('probe-failed', 'starting');
    },
  };
  return { ...context, prober };
}

describe('probeRelease', () => {
  it('asks again until the release answers twice in a row, and says each reason once', async () => {
    await probeRelease(await answeringAfter(3), VERSION, quiet());
    expect(bench.log.lines.filter((line) => line.includes('not ready yet'))).toHaveLength(1);
  });

  it('waits for nothing where there is nothing to look at', async () => {
    const context = bench.context(await bench.begin('1.1.0'));
    const clock = {
      ...context.clock,
      sleep: () => Promise.reject(new Error('nobody is to sleep here')),
    };
    const policy = { ...context.policy, services: [], probes: [] };
    await expect(
      probeRelease({ ...context, policy, clock }, VERSION, quiet()),
    ).resolves.toBeUndefined();
  });

  it('gives up at the deadline with what it saw last', async () => {
    await expectCode(probeRelease(await answeringAfter(99), VERSION, quiet()), 'probe-failed');
  });

  it('counts a service that is not running', async () => {
    bench.services.units.set(WEB, 'failed');
    const error = await expectCode(
      probeRelease(await answeringAfter(0), VERSION, quiet()),
      'probe-failed',
    );
    expect(error.details).toMatchObject({ url: WEB, reason: 'not running' });
  });

  it('asks adopted files for no version', async () => {
    await probeRelease(bench.context(await bench.begin('1.1.0')), 'preexisting', quiet());
    expect(bench.prober.asked).toEqual([undefined, undefined]);
  });
});
