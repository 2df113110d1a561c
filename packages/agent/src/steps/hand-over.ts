/**
 * A release may bring another agent, and going back may bring the former one back. Whoever is to run from now on does the rest of
 * the phase, so that it shows what it can do before anything else is restarted.
 */
import type { StepContext } from './context.ts';

/** Resolves where this agent goes on; otherwise it is ended meanwhile. Throws `service-failed`. */
export async function handOver({
  succession,
  log,
}: Pick<StepContext, 'succession' | 'log'>): Promise<void> {
  const successor = await succession.find();
  if (successor === undefined) return;
  if (await succession.canHandOver()) {
    log.info(`${successor} goes on from here`);
    await succession.handOver();
  }
  log.info(`${successor} is the agent from the next start on: systemd has not started this one`);
}
