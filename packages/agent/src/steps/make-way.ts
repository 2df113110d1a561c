/**
 * Makes a name of the device free for a link or a copy of ours. What is not ours is moved aside under a name that says
 * so, never deleted; when the update is undone it comes back.
 */
import type { Placement, Target } from '../core/activation-plan.ts';
import { asidePath, directoryOf, isOurLink, keptPath } from '../core/layout.ts';
import type { Disk } from '../ports.ts';
import type { StepContext } from './context.ts';
import { walk } from './walk.ts';

type Context = Pick<StepContext, 'disk' | 'log' | 'record'>;

/** `isAdopted`: what stands there is in a release tree already, so it may be replaced. Makes the directories above. */
export async function makeWay(
  context: Context,
  { at }: Placement,
  target: Target,
  isAdopted: boolean,
): Promise<void> {
  const { disk } = context;
  for (const directory of directoriesAbove(at, target))
    await clearDirectory(context, directory, target);
  await disk.makeDirectory(directoryOf(at));
  if (isOurLink(await disk.readLink(at))) return;
  const entry = await disk.lstat(at);
  if (entry === undefined) return;
  if (entry.kind !== 'directory') {
    if (!isAdopted) await keep(context, at);
  } else if (isAdopted && target.kind === 'directory') {
    // A symlink cannot be renamed over a directory; it is deleted when the update is over.
    await disk.remove(asidePath(at));
    await disk.rename(at, asidePath(at));
  } else if (await holdsOnlyLinksOfOurs(disk, at)) {
    await disk.remove(at);
  } else {
    await keep(context, at);
  }
}

/** For a merge target, its own directory and those below it, outermost first; other targets stand alone. */
export function directoriesAbove(at: string, target: Target): readonly string[] {
  if (target.kind !== 'merge') return [];
  const names = at
    .slice(target.to.length + 1)
    .split('/')
    .slice(0, -1);
  return [
    target.to,
    ...names.map((_, index) => `${target.to}/${names.slice(0, index + 1).join('/')}`),
  ];
}

/** Another release may have had a file or a link where this one needs a directory. */
async function clearDirectory(context: Context, path: string, target: Target): Promise<void> {
  const { disk } = context;
  const text = await disk.readLink(path);
  if (isOurLink(text)) return disk.remove(path);
  // That the target's own directory is a symlink is the operator's choice.
  if (text !== undefined && path === target.to) return undefined;
  const entry = await disk.lstat(path);
  if (entry !== undefined && entry.kind !== 'directory') await keep(context, path);
  return undefined;
}

/** Somebody put something of their own there. It is not ours to delete. */
export async function keep({ disk, log, record }: Context, at: string): Promise<void> {
  const kept = keptPath(at, record().id);
  await disk.rename(at, kept);
  log.warning(`${at} was not ours: kept as ${kept}`);
}

/** Undoes `keep` of this transaction, where the name is free again. */
export async function restoreKept({ disk, log, record }: Context, at: string): Promise<void> {
  const kept = keptPath(at, record().id);
  if ((await disk.lstat(kept)) === undefined || (await disk.lstat(at)) !== undefined) return;
  await disk.rename(kept, at);
  log.info(`${at} is back in its place`);
}

async function holdsOnlyLinksOfOurs(disk: Disk, directory: string): Promise<boolean> {
  for await (const { path } of walk(disk, directory)) {
    if (!isOurLink(await disk.readLink(`${directory}/${path}`))) return false;
  }
  return true;
}
