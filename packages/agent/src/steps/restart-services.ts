/**
 * Tells the services of the config that their files changed. A unit that the device lacks is skipped and said so; systemd is
 * asked for it only when the change has failed.
 */
import { belongsTo } from '../core/activation-plan.ts';
import { changedTargets } from '../core/changed-targets.ts';
import type { TreeRef } from '../core/journal-record.ts';
import { isUnitFile, serviceActionsOf, type ServiceAction } from '../core/post-install.ts';
import { planServices } from '../core/service-plan.ts';
import type { TreeRecord } from '../core/tree-record.ts';
import type { Disk } from '../ports.ts';
import type { StepContext } from './context.ts';
import { isUnitThere } from './is-unit-there.ts';
import { readOwnFiles } from './own-files.ts';
import { readTree } from './trees.ts';
import { unlessUnreadable } from './unless-unreadable.ts';

/**
 * Throws `service-failed` for the first that failed, after all were tried: one service must not keep another on the old
 * code. Restarting twice is harmless, so running it again is too.
 */
export async function restartServices(context: StepContext): Promise<void> {
  const { services, log, record } = context;
  const failures: unknown[] = [];
  if (await unitFilesChanged(context)) await services.reloadUnitFiles();
  for (const { unit, action } of await dueActions(context)) {
    if (record().stoppedUnits?.includes(unit) === true) {
      log.warning(`skipped: ${unit} was not running before`);
      continue;
    }
    try {
      await (action === 'restart' ? services.restart(unit) : services.reload(unit));
      log.info(`${action === 'restart' ? 'restarted' : 'reloaded'} ${unit}`);
    } catch (error) {
      if (await isUnitThere(services, unit)) {
        log.error(`${unit}: ${String(error)}`);
        failures.push(error);
      } else log.warning(`skipped: ${unit} is not on this device`);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** The same for both directions: what the new release needed to hear of, its undoing must be told too. */
async function dueActions(context: StepContext): Promise<readonly ServiceAction[]> {
  const { policy, record } = context;
  return planServices(
    policy.services,
    await changedByIt(context),
    await askedFor(context, record().to),
  );
}

/** By their `from`. The records of a damaged tree and of its repair are the same: what was damaged is in the journal. */
async function changedByIt({ disk, policy, record }: StepContext): Promise<ReadonlySet<string>> {
  const { from, to, repair } = record();
  if (repair !== undefined) return new Set(repair.targets);
  const before = from === null ? undefined : await recordOf(disk, from);
  return changedTargets(policy.targets, before, await recordOf(disk, to));
}

/** Of a tree that cannot be read any more nobody knows what it was: then all of the other one counts as changed. */
async function recordOf(disk: Disk, { name }: TreeRef): Promise<TreeRecord | undefined> {
  return unlessUnreadable(() => readTree(disk, name));
}

/** Preflight refused what the config does not allow; what the config has dropped since is skipped. */
async function askedFor(
  { disk, policy, log }: StepContext,
  to: TreeRef,
): Promise<readonly ServiceAction[]> {
  const { manifest } = await readOwnFiles(disk, to.name);
  const allowed = policy.services.map(({ unit }) => unit);
  return (manifest?.post_install ?? []).flatMap((entry) => {
    try {
      return serviceActionsOf([entry], allowed);
    } catch (error) {
      log.warning(`skipped: ${String(error)}`);
      return [];
    }
  });
}

async function unitFilesChanged(context: StepContext): Promise<boolean> {
  const { disk, policy, record } = context;
  const { from, to, repair } = record();
  const targets = policy.targets.filter((target) => repair?.targets.includes(target.from) ?? true);
  // What was damaged may be one of them; to tell systemd in vain is harmless.
  const refs = from === null || repair !== undefined ? [to] : [from, to];
  const trees = await Promise.all(refs.map((ref) => recordOf(disk, ref)));
  const unitFiles = trees.map((tree) =>
    [...(tree?.files ?? []), ...(tree?.links ?? []).map(({ path, to }) => ({ path, sha256: to }))]
      .filter(({ path }) => isUnitFile(path) && targets.some((target) => belongsTo(target, path)))
      .map(({ path, sha256 }) => `${path} ${sha256}`)
      .join('\n'),
  );
  return unitFiles.length === 1 ? unitFiles[0] !== '' : unitFiles[0] !== unitFiles[1];
}
