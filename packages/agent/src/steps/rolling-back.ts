/** Brings the previous release back. When this fails too, a person is needed: the error says so. */
import { UpdateError } from '@pikit/protocol';
import { backupPath } from '../core/layout.ts';
import { activateTree } from './activate-tree.ts';
import type { Step, StepContext } from './context.ts';
import { clearGuard } from './guard.ts';
import { handOver } from './hand-over.ts';
import { makeRoom } from './make-room.ts';
import { probeRelease } from './probe-release.ts';
import { restartServices } from './restart-services.ts';
import { stopCommands } from './run-commands.ts';
import { isOfDisk, settle } from './settle.ts';
import { installedVersion, writeVersion } from './version-file.ts';

/** Between one try of the disk and the next. */
const PAUSES_MS = [1000, 10_000];

/** Throws `roll-back-failed` with the code that made it fail as `reason`. */
export const rollingBack: Step = async (context, signal) => {
  const { from } = context.record();
  await stopCommands(context);
  try {
    await insist(context, () => activateTree(context, from));
    await handOverIfPossible(context);
    await insist(context, () => undoCommit(context));
    await restartServices(context);
    if (from !== null) await probeRelease(context, from.version, signal);
  } catch (cause) {
    // Nothing ran before, so nothing can be asked of the services.
    if (from === null && cause instanceof UpdateError && cause.code === 'service-failed') {
      context.log.warning(cause.message);
      return insist(context, () => clearGuard(context));
    }
    const reason = cause instanceof UpdateError ? cause.code : 'internal';
    const unit = cause instanceof UpdateError ? cause.details['unit'] : undefined;
    throw new UpdateError('roll-back-failed', 'the previous release could not be brought back', {
      cause,
      details: {
        reason,
        version: from?.version ?? 'none',
        ...(unit === undefined ? {} : { unit }),
      },
    });
  }
  await insist(context, () => clearGuard(context));
  context.log.info(from === null ? 'took the new release away' : `${from.name} is back`);
};

/**
 * A disk that is full or refuses for a moment must not be the end of the only way back: it would leave a release that is not good,
 * and nobody who tries again. What one try has done the next one skips, so it is made durable before.
 */
async function insist(context: StepContext, work: () => Promise<void>): Promise<void> {
  const { clock, disk, log, record } = context;
  const settled = async (): Promise<void> => {
    await settle(context);
    await work();
  };
  let next = record().interruptions > 0 ? settled : work;
  for (const pauseMs of PAUSES_MS) {
    try {
      return await next();
    } catch (error) {
      if (!(error instanceof UpdateError && isOfDisk(error))) throw error;
      log.warning(`${error.message}: once more`);
      // because it can only help: whether it did is seen by the next try
      if (error.code === 'no-space') await makeRoom(disk).catch(() => undefined);
      await clock.sleep(pauseMs, new AbortController().signal);
    }
    next = settled;
  }
  return next();
}

/** The way back must not end here because the former agent cannot be had: then this one goes it. */
async function handOverIfPossible(context: StepContext): Promise<void> {
  try {
    await handOver(context);
  } catch (error) {
    context.log.warning(`the former agent does not take over: ${String(error)}`);
  }
}

/** A commit that was cut short may have written these already; a version file that it did not write is left alone. */
async function undoCommit({ disk, record }: StepContext): Promise<void> {
  const { id, from, to } = record();
  if ((await installedVersion(disk)) === to.version) {
    await writeVersion(disk, from?.version ?? 'preexisting');
  }
  await disk.remove(backupPath(id));
}
