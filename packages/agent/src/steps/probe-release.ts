/** Asks a release whether it works, as an outsider would, until it does or its time is up. */
import { UpdateError } from '@pikit/protocol';
import type { TreeVersion } from '../core/layout.ts';
import type { StepContext } from './context.ts';

/** Throws the last `probe-failed` when the deadline has passed. */
export async function probeRelease(
  context: StepContext,
  version: TreeVersion,
  signal: AbortSignal,
): Promise<void> {
  const { policy, clock, log } = context;
  const { probeTimeoutMs, probeIntervalMs } = policy.limits;
  const start = clock.monotonicMs();
  for (;;) {
    try {
      await probeOnce(context, version, signal);
      return;
    } catch (error) {
      if (!(error instanceof UpdateError && error.code === 'probe-failed')) throw error;
      if (clock.monotonicMs() - start + probeIntervalMs > probeTimeoutMs) throw error;
      log.info(`not ready yet: ${error.message}`);
    }
    await clock.sleep(probeIntervalMs, signal);
  }
}

async function probeOnce(
  { policy, services, prober }: StepContext,
  version: TreeVersion,
  signal: AbortSignal,
): Promise<void> {
  for (const { unit } of policy.services) {
    if ((await services.exists(unit)) && !(await services.isActive(unit))) {
      throw new UpdateError('probe-failed', `${unit} is not running`, {
        details: { url: unit, reason: 'not running' },
      });
    }
  }
  // Adopted files have no version that they could report.
  const expected = version === 'preexisting' ? undefined : version;
  for (const probe of policy.probes) await prober.probe(probe, expected, signal);
}
