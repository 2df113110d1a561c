/**
 * Removes what the transaction left: staging, downloads, directories that made way, surplus backups, and trees that
 * neither run nor are kept. What stood there before the first update is never removed: it may hold files of the owner.
 */
import type { TreeRef } from '../core/journal-record.ts';
import { asidePath, backupPath, BACKUPS, DOWNLOADS, STAGING, treePath } from '../core/layout.ts';
import type { Step, StepContext } from './context.ts';
import { currentTree, listTrees, readAllTrees, refOfLink } from './trees.ts';

export const cleaningUp: Step = async (context) => {
  const { disk, policy } = context;
  await disk.remove(STAGING);
  for (const name of await disk.list(DOWNLOADS)) await disk.remove(`${DOWNLOADS}/${name}`);
  for (const { kind, to } of policy.targets) {
    if (kind === 'directory') await disk.remove(asidePath(to));
  }
  await pruneBackups(context);
  const kept = await keptTrees(context);
  for (const name of await listTrees(disk)) {
    if (!kept.has(name)) await disk.remove(treePath(name));
  }
};

/** Keeps the newest links, this transaction's own before all; one to what runs now would be no way back. */
async function pruneBackups({ disk, policy, record }: StepContext): Promise<void> {
  const current = await currentTree(disk);
  const own = backupPath(record().id);
  const paths = (await disk.list(BACKUPS)).toReversed().map((name) => `${BACKUPS}/${name}`);
  // A clock that jumped back must not make the newest backup look old.
  const newestFirst = [
    ...paths.filter((path) => path === own),
    ...paths.filter((path) => path !== own),
  ];
  let kept = 0;
  for (const path of newestFirst) {
    const tree = refOfLink(await disk.readLink(path));
    if (tree === undefined) continue;
    if (tree.name !== current?.name && kept < policy.limits.keep) kept += 1;
    else await disk.remove(path);
  }
}

async function keptTrees(context: StepContext): Promise<ReadonlySet<string>> {
  const { disk, record } = context;
  const links = (await disk.list(BACKUPS)).map((name) => disk.readLink(`${BACKUPS}/${name}`));
  const backups = (await Promise.all(links)).map(refOfLink);
  const current = await currentTree(disk);
  // Nothing runs: the tree that was to be left stays, whatever happened to `current`.
  const refs = [...backups, current ?? record().from ?? undefined, sparedTree(context, current)];
  const adopted = [...(await readAllTrees(disk))].filter(([, tree]) => tree.adopted === true);
  return new Set([
    ...refs.flatMap((ref) => (ref === undefined ? [] : [ref.name])),
    ...adopted.map(([name]) => name),
  ]);
}

/** A damaged tree that holds files of somebody else outlives its repair, as it would outlive an update. */
function sparedTree(
  { record, log }: StepContext,
  current: TreeRef | undefined,
): TreeRef | undefined {
  const { from, repair } = record();
  if (from === null || from.name === current?.name) return undefined;
  if (repair === undefined || repair.extra === 0) return undefined;
  log.warning(
    `${String(repair.extra)} files that no release brought stay in ${treePath(from.name)} until the next update`,
  );
  return from;
}
