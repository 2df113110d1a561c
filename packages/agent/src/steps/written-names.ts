/** Every name that we give, take or replace outside of staging, as far as the installed trees tell. Touches nothing. */
import { namesOf, planActivation } from '../core/activation-plan.ts';
import {
  CURRENT,
  EDITS_FILE,
  FINGERPRINTS_FILE,
  GUARD_FILES,
  HISTORY_FILE,
  JOURNAL_FILE,
  manifestPath,
  newPath,
  OFFERED_MANIFEST,
  PAUSES_FILE,
  SETTINGS_FILE,
  STATE_FILE,
  TRUST_FILE,
  treePath,
  treeRecordPath,
  VERSION_FILE,
  type TreeName,
} from '../core/layout.ts';
import type { Policy } from '../core/policy.ts';
import type { TreeRecord } from '../core/tree-record.ts';

export function writtenNames(
  { targets }: Pick<Policy, 'targets'>,
  trees: ReadonlyMap<TreeName, TreeRecord>,
): ReadonlySet<string> {
  const plans = [...trees.values()].map((tree) => planActivation(targets, tree));
  return new Set([
    CURRENT,
    VERSION_FILE,
    JOURNAL_FILE,
    STATE_FILE,
    SETTINGS_FILE,
    TRUST_FILE,
    OFFERED_MANIFEST,
    PAUSES_FILE,
    HISTORY_FILE,
    EDITS_FILE,
    FINGERPRINTS_FILE,
    GUARD_FILES.armed,
    ...[...trees.keys()]
      .map(treePath)
      .flatMap((tree) => [manifestPath(tree), treeRecordPath(tree)]),
    ...plans.flatMap((plan) => namesOf(plan).map(({ at }) => at)),
    ...plans.flatMap(({ configs }) => configs.map(({ at }) => newPath(at))),
  ]);
}
