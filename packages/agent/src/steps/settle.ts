/**
 * What a killed process did is seen by everybody, and a power cut may still take it away. Whoever goes on where another left
 * off looks at what is done and skips it; so all of it is made durable first. Changes nothing.
 */
import type { ErrorCode } from '@pikit/protocol';
import { namesOf, planActivation } from '../core/activation-plan.ts';
import { parentsOf } from '../core/release-path.ts';
import { BACKUPS, directoryOf, HISTORY_FILE, RELEASES } from '../core/layout.ts';
import type { Policy } from '../core/policy.ts';
import type { Disk } from '../ports.ts';
import { readAllTrees } from './trees.ts';
import { writtenNames } from './written-names.ts';

/** `write-failed` where a sync fails: then nothing may be believed. */
export async function settle(device: {
  readonly disk: Disk;
  readonly policy: Policy;
}): Promise<void> {
  const { disk, policy } = device;
  // The history alone grows in place.
  if ((await disk.lstat(HISTORY_FILE))?.kind === 'file') await disk.sync(HISTORY_FILE);
  const written = writtenNames(policy, await readAllTrees(disk));
  const names = [...written, `${RELEASES}/tree`, `${BACKUPS}/link`];
  const directories = new Set(names.flatMap((name) => parentsOf(name)).map((path) => path || '/'));
  for (const directory of directories) await disk.settle(directory);
}

/**
 * The same of nothing but the directories in which targets lie, for a transaction that a disk has made end: what was half written
 * there has gone, but not for certain. No directory of ours, and not the `unsynced` one: its sync was refused, and would now succeed
 * and lie.
 */
export async function settleTargets(
  { disk, policy }: Parameters<typeof settle>[0],
  unsynced: unknown,
): Promise<void> {
  const trees = [...(await readAllTrees(disk)).values()];
  const plans = trees.map((tree) => planActivation(policy.targets, tree));
  const names = plans.flatMap((plan) => [...namesOf(plan), ...plan.configs]);
  for (const directory of new Set(names.map(({ at }) => directoryOf(at)))) {
    if (directory !== unsynced) await disk.settle(directory);
  }
}

/** Whether a disk has refused something: of what was done about it nothing is certain until it is settled. */
export function isOfDisk({ code }: { readonly code: ErrorCode }): boolean {
  return code === 'no-space' || code === 'write-failed';
}
