/** Which units an update will restart or reload, as far as two manifests tell: the rules are those by which it is done. */
import { UpdateError } from '@pikit/protocol';
import type { Manifest } from '@pikit/protocol/manifest';
import { changedTargets } from './changed-targets.ts';
import { modeOf } from './manifest.ts';
import type { Policy } from './policy.ts';
import { serviceActionsOf, type ServiceAction } from './post-install.ts';
import { planServices } from './service-plan.ts';
import type { TreeRecord } from './tree-record.ts';

/** In the order of the config. `before`: what runs; undefined where nothing of ours does. */
export function unitsToRestart(
  { targets, services }: Pick<Policy, 'targets' | 'services'>,
  before: TreeRecord | undefined,
  manifest: Manifest,
): readonly string[] {
  const changed = changedTargets(targets, before, recordOf(manifest, before));
  const allowed = services.map(({ unit }) => unit);
  const asked = (manifest.post_install ?? []).flatMap((entry) => allowedIn(entry, allowed));
  return planServices(services, changed, asked).map(({ unit }) => unit);
}

/** A release that asks for more is refused when it is installed. */
function allowedIn(entry: string, allowed: readonly string[]): readonly ServiceAction[] {
  try {
    return serviceActionsOf([entry], allowed);
  } catch (error) {
    // because what will be refused restarts nothing
    if (error instanceof UpdateError) return [];
    throw error;
  }
}

const USUAL_MODE = 0o644;

/** Where the manifest leaves a mode to the archive, the one that the same file has now is the best guess. */
function recordOf({ version, files, links }: Manifest, before: TreeRecord | undefined): TreeRecord {
  const modes = new Map(before?.files.map(({ path, mode }) => [path, mode]));
  return {
    format: 1,
    version,
    files: files.map((file) => ({
      path: file.path,
      sha256: file.sha256,
      mode: modeOf(file) ?? modes.get(file.path) ?? USUAL_MODE,
      size: file.size ?? 0,
    })),
    ...(links === undefined ? {} : { links }),
  };
}
