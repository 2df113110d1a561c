/** The refusals: everything that can be known before a byte of the bundle is fetched. Changes nothing. */
import type { Manifest } from '@pikit/protocol/manifest';
import {
  assertDistinct,
  assertNoMount,
  assertPlaceable,
  belongsTo,
  planActivation,
} from '../core/activation-plan.ts';
import { counted } from '../core/counted.ts';
import type { JournalRecord } from '../core/journal-record.ts';
import { assertModes } from '../core/manifest.ts';
import { serviceActionsOf } from '../core/post-install.ts';
import { namesIn } from '../core/release-links.ts';
import { assertModest } from '../core/release-size.ts';
import { assertCompatible } from '../core/selection.ts';
import type { Step, StepContext } from './context.ts';
import { assertRoom, measureNeeds } from './measure-needs.ts';
import { assertCommands } from './run-commands.ts';
import { currentTree, readStagedManifest } from './trees.ts';
import { installedVersion } from './version-file.ts';

export const preflight: Step = async (context) => {
  const { policy, log, disk } = context;
  const record = context.record();
  const manifest = await readStagedManifest(context, record, policy.limits.manifestBytes);
  await assertInstallable(context, manifest, record);
  const unused = namesIn(manifest).filter(
    ({ path }) => !policy.targets.some((target) => belongsTo(target, path)),
  );
  if (unused.length > 0) {
    log.warning(
      `the release has ${counted(unused.length, 'file')} that no target takes, such as ${unused[0]?.path ?? ''}`,
    );
  }
  if ((await currentTree(disk)) === undefined)
    log.info('first update: what stands at the targets will be kept');
};

/** Throws `incompatible`, `config-invalid`, `post-install-refused`, `manifest-invalid`, `too-large` or `no-space`. */
export async function assertInstallable(
  context: Pick<StepContext, 'policy' | 'arch' | 'updaterVersion' | 'disk' | 'digest' | 'commands'>,
  manifest: Manifest,
  record: Pick<JournalRecord, 'bundleBytes' | 'signedBy'>,
): Promise<void> {
  const { policy, arch, updaterVersion, disk } = context;
  assertModes(manifest, record.signedBy);
  assertModest(manifest, Math.max(record.bundleBytes ?? 0, manifest.bundle?.size ?? 0), policy);
  const current = (await currentTree(disk))?.version ?? (await installedVersion(disk));
  assertCompatible(manifest, {
    arch,
    updaterVersion,
    // A repair comes from nowhere: the release may exclude itself as a starting point.
    current: current === manifest.version ? null : current,
  });
  serviceActionsOf(
    manifest.post_install ?? [],
    policy.services.map(({ unit }) => unit),
  );
  await assertCommands(context, manifest, record);
  assertPlaceable(policy.targets, manifest.links);
  const plan = planActivation(policy.targets, manifest);
  assertDistinct(plan);
  assertNoMount(plan, await disk.mounts());
  await assertRoom(disk, await measureNeeds(context, manifest, record.bundleBytes ?? undefined));
}
