/** Removes what the transaction left: staging, downloads, and trees that neither run nor are kept as a backup. */
import { BACKUPS, downloadDirectory, STAGING, treePath } from '../core/layout.ts';
import type { Step, StepContext } from './context.ts';
import { currentTree, listTrees, refOfLink } from './trees.ts';

export const cleaningUp: Step = async (context) => {
  const { disk, record } = context;
  await disk.remove(STAGING);
  const { to } = record();
  if (to.version !== 'preexisting') await disk.remove(downloadDirectory(to.version));
  const kept = await keptTrees(context);
  for (const name of await listTrees(disk)) {
    if (!kept.has(name)) await disk.remove(treePath(name));
  }
};

async function keptTrees({ disk, record }: StepContext): Promise<ReadonlySet<string>> {
  const links = (await disk.list(BACKUPS)).map((name) => disk.readLink(`${BACKUPS}/${name}`));
  const backups = (await Promise.all(links)).map(refOfLink);
  const current = await currentTree(disk);
  // Nothing runs: the tree that was to be left stays, whatever happened to `current`.
  const refs = [...backups, current ?? record().from ?? undefined];
  return new Set(refs.flatMap((ref) => (ref === undefined ? [] : [ref.name])));
}
