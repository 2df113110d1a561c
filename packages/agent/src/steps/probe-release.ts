/** Asks a release whether it works, as an outsider would, until it does or its time is up. */
import { UpdateError } from '@pikit/protocol';
import type { TreeVersion } from '../core/layout.ts';
import type { StepContext } from './context.ts';

/** A service that dies at once may still look alive a moment after its restart, so one good look is not enough. */
const GOOD_LOOKS = 2;

/** Throws the last `probe-failed` or `service-failed` when the deadline has passed. */
export async function probeRelease(
  context: StepContext,
  version: TreeVersion,
  signal: AbortSignal,
): Promise<void> {
  const { policy, clock, log } = context;
  const { probeTimeoutMs, probeIntervalMs } = policy.limits;
  const start = clock.monotonicMs();
  let good = 0;
  let lastReason = '';
  for (;;) {
    try {
      const hasLooked = await probeOnce(context, version, signal);
      good += 1;
      if (good === GOOD_LOOKS || !hasLooked) return;
    } catch (error) {
      if (!isNotReady(error)) throw error;
      good = 0;
      if (clock.monotonicMs() - start + probeIntervalMs > probeTimeoutMs) throw error;
      if (error.message !== lastReason) log.info(`not ready yet: ${error.message}`);
      lastReason = error.message;
    }
    await clock.sleep(probeIntervalMs, signal);
  }
}

/** A busy systemd may be slow to answer, which is no verdict. */
function isNotReady(error: unknown): error is UpdateError {
  return error instanceof UpdateError && ['probe-failed', 'service-failed'].includes(error.code);
}

/** False where the config names nothing to look at, or nothing that should run. */
async function probeOnce(
  { policy, services, prober, record }: StepContext,
  version: TreeVersion,
  signal: AbortSignal,
): Promise<boolean> {
  const stopped = record().stoppedUnits ?? [];
  const wanted = policy.services.map(({ unit }) => unit).filter((unit) => !stopped.includes(unit));
  const states = (await services.look(wanted)).filter(({ isThere }) => isThere);
  const dead = states.find(({ isActive }) => !isActive);
  if (dead !== undefined) {
    throw new UpdateError('probe-failed', `${dead.unit} is not running`, {
      details: { url: dead.unit, reason: 'not running' },
    });
  }
  // Adopted files have no version that they could report.
  const expected = version === 'preexisting' ? undefined : version;
  for (const probe of policy.probes) await prober.probe(probe, expected, signal);
  return states.length + policy.probes.length > 0;
}
