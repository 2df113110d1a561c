/** Tells the services of the config that their files changed. A unit that the device lacks is skipped and said so. */
import { parseManifest } from '../core/manifest.ts';
import { belongsTo, changedTargets } from '../core/activation-plan.ts';
import type { TreeRef } from '../core/journal-record.ts';
import { manifestPath, treePath } from '../core/layout.ts';
import { parsePostInstall, type ServiceAction } from '../core/post-install.ts';
import { planServices } from '../core/service-plan.ts';
import type { StepContext } from './context.ts';
import { readTree } from './trees.ts';

const UNIT_FILE = /\.(?:service|socket|timer|path|mount|target)$/;

/**
 * Throws `service-failed` for the first that failed, after all were tried: one service must not keep another on the old
 * code. Restarting twice is harmless, so running it again is too.
 */
export async function restartServices(context: StepContext): Promise<void> {
  const { services, log, record } = context;
  const failures: unknown[] = [];
  if (await unitFilesChanged(context)) await services.reloadUnitFiles();
  for (const { unit, action } of await dueActions(context)) {
    if (!(await services.exists(unit))) {
      log.warning(`skipped: ${unit} is not on this device`);
    } else if (record().stoppedUnits?.includes(unit) === true) {
      log.warning(`skipped: ${unit} was not running before`);
    } else {
      try {
        await (action === 'restart' ? services.restart(unit) : services.reload(unit));
        log.info(`${action === 'restart' ? 'restarted' : 'reloaded'} ${unit}`);
      } catch (error) {
        log.error(`${unit}: ${String(error)}`);
        failures.push(error);
      }
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** The same for both directions: what the new release needed to hear of, its undoing must be told too. */
async function dueActions(context: StepContext): Promise<readonly ServiceAction[]> {
  const { disk, policy, record } = context;
  const { from, to } = record();
  const before = from === null ? undefined : await readTree(disk, from.name);
  const after = await readTree(disk, to.name);
  const changed = changedTargets(policy.targets, before, after);
  return planServices(policy.services, changed, await askedFor(context, to));
}

/** Preflight refused what the config does not allow; what the config has dropped since is skipped. */
async function askedFor(
  { disk, policy, log }: StepContext,
  to: TreeRef,
): Promise<readonly ServiceAction[]> {
  if (to.version === 'preexisting') return [];
  const bytes = await disk.read(manifestPath(treePath(to.name)), policy.limits.manifestBytes);
  if (bytes === undefined) return [];
  const allowed = policy.services.map(({ unit }) => unit);
  return (parseManifest(bytes, to.version).post_install ?? []).flatMap((entry) => {
    try {
      return parsePostInstall([entry], allowed);
    } catch (error) {
      log.warning(`skipped: ${String(error)}`);
      return [];
    }
  });
}

async function unitFilesChanged({ disk, policy, record }: StepContext): Promise<boolean> {
  const { from, to } = record();
  const refs = from === null ? [to] : [from, to];
  const trees = await Promise.all(refs.map(({ name }) => readTree(disk, name)));
  const unitFiles = trees.map((tree) =>
    (tree?.files ?? [])
      .filter(
        ({ path }) =>
          UNIT_FILE.test(path) && policy.targets.some((target) => belongsTo(target, path)),
      )
      .map(({ path, sha256 }) => `${path} ${sha256}`)
      .join('\n'),
  );
  return unitFiles.length === 1 ? unitFiles[0] !== '' : unitFiles[0] !== unitFiles[1];
}
