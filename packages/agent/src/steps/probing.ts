/** The new release must answer before it is declared good. */
import type { Step } from './context.ts';
import { probeRelease } from './probe-release.ts';

export const probing: Step = async (context, signal) => {
  await probeRelease(context, context.record().to.version, signal);
  context.log.info('the new release answers as it must');
};
