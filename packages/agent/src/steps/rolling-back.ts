/** Brings the previous release back. When this fails too, a person is needed: the error says so. */
import { UpdateError } from '@pikit/protocol';
import { activateTree } from './activate-tree.ts';
import type { Step } from './context.ts';
import { probeRelease } from './probe-release.ts';
import { restartServices } from './restart-services.ts';

/** Throws `roll-back-failed` with the code that made it fail as `reason`. */
export const rollingBack: Step = async (context, signal) => {
  const { from } = context.record();
  try {
    await activateTree(context, from);
    await restartServices(context);
    if (from !== null) await probeRelease(context, from.version, signal);
  } catch (cause) {
    const reason = cause instanceof UpdateError ? cause.code : 'internal';
    throw new UpdateError('roll-back-failed', 'the previous release could not be brought back', {
      cause,
      details: { reason, version: from?.version ?? 'none' },
    });
  }
  context.log.info(from === null ? 'took the new release away' : `${from.name} is back`);
};
