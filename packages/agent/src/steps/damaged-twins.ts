/**
 * A file that was changed in place is changed in every tree that shares it by a hard link. A repair mends only the tree
 * that runs, so what a roll-back would bring back must at least be told. Changes nothing.
 */
import type { ManifestFile } from '@pikit/protocol/manifest';
import { counted } from '../core/counted.ts';
import { treePath, type TreeName } from '../core/layout.ts';
import type { TreeRecord } from '../core/tree-record.ts';
import type { StepContext } from './context.ts';
import { isWhole } from './stage-local.ts';

/** `missing`: files of which the device has no whole copy. */
export async function warnOfDamagedTwins(
  { disk, log, record }: StepContext,
  trees: ReadonlyMap<TreeName, TreeRecord>,
  missing: readonly ManifestFile[],
): Promise<void> {
  const contents = new Set(missing.map(({ sha256 }) => sha256));
  for (const [name, { files }] of trees) {
    if (name === record().from?.name) continue;
    const damaged: string[] = [];
    for (const file of files) {
      if (!contents.has(file.sha256)) continue;
      if (!(await isWhole(disk, `${treePath(name)}/${file.path}`, file))) damaged.push(file.path);
    }
    const [example] = damaged;
    if (example === undefined) continue;
    log.warning(
      `a roll-back would bring back damage: ${counted(damaged.length, 'file')} of ${name}, such as ${example}`,
    );
  }
}
