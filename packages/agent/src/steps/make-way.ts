/**
 * Makes a name of the device free for a link or a copy of ours. What is not ours is moved aside under a name that says
 * so, never deleted; when the update is undone it comes back.
 */
import type { Placement, Target } from '../core/activation-plan.ts';
import type { KnownCopies } from '../core/known-copies.ts';
import { asidePath, directoryOf, isOurLink, keptPath } from '../core/layout.ts';
import type { Disk } from '../ports.ts';
import type { StepContext } from './context.ts';
import { isCopyOfOurs, whoseDirectory } from './ours.ts';

type Context = Pick<StepContext, 'disk' | 'log' | 'record'>;

/** By what a thing is known to be in a release tree already, so that it may be replaced. */
interface Standing {
  /** Names whose content this transaction has copied into one; a copy is known by its content. */
  readonly adopted?: ReadonlySet<string>;
  readonly known: KnownCopies;
}

/** Makes the directories above. */
export async function makeWay(
  context: Context,
  { at }: Placement,
  target: Target,
  standing: Standing,
): Promise<void> {
  const { disk } = context;
  const { adopted, known } = standing;
  await clearAbove(context, at, target, standing);
  await disk.makeDirectory(directoryOf(at));
  if (isOurLink(await disk.readLink(at))) return;
  const entry = await disk.lstat(at);
  if (entry === undefined) return;
  if (entry.kind !== 'directory') {
    if (!(await isInTree(disk, at, standing))) await keep(context, at);
  } else if (adopted?.has(at) === true && target.kind === 'directory') {
    // A symlink cannot be renamed over a directory; it is deleted when the update is over.
    await disk.remove(asidePath(at));
    await disk.rename(at, asidePath(at));
  } else if ((await whoseDirectory(disk, at, known, adopted)) !== 'foreign') {
    await disk.remove(at);
  } else {
    await keep(context, at);
  }
}

/** What is written at this name then is written there, and not where a link leads. */
export async function clearAbove(
  context: Context,
  at: string,
  target: Target,
  standing: Standing,
): Promise<void> {
  for (const directory of directoriesAbove(at, target))
    await clearDirectory(context, directory, target, standing);
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
async function clearDirectory(
  context: Context,
  path: string,
  target: Target,
  standing: Standing,
): Promise<void> {
  const { disk, record } = context;
  const text = await disk.readLink(path);
  // That the target's own directory is a symlink is the operator's choice.
  if (text !== undefined && !isOurLink(text) && path === target.to) return;
  const entry = await disk.lstat(path);
  if (entry === undefined || entry.kind === 'directory') return;
  if (!isOurLink(text) && !(await isInTree(disk, path, standing))) return keep(context, path);
  await disk.remove(path);
  // The directory that had to make way for it, with what is somebody else's in it.
  if ((await disk.lstat(keptPath(path, record().id)))?.kind === 'directory')
    await restoreKept(context, path);
}

async function isInTree(disk: Disk, at: string, { adopted, known }: Standing): Promise<boolean> {
  return adopted?.has(at) === true || (await isCopyOfOurs(disk, at, known));
}

/** Somebody put something of their own there. It is not ours to delete. */
export async function keep({ disk, log, record }: Context, at: string): Promise<void> {
  const kept = await freeName(disk, keptPath(at, record().id));
  await disk.rename(at, kept);
  log.warning(`${at} was not ours: kept as ${kept}`);
}

/** What stood there when the update began has the first; what somebody put there since must not take its place. */
async function freeName(disk: Disk, path: string): Promise<string> {
  let name = path;
  for (let more = 1; (await disk.lstat(name)) !== undefined; more += 1) {
    name = `${path}.${String(more)}`;
  }
  return name;
}

/** Undoes `keep` of this transaction, where the name is free again. */
export async function restoreKept({ disk, log, record }: Context, at: string): Promise<void> {
  const kept = keptPath(at, record().id);
  if ((await disk.lstat(kept)) === undefined || (await disk.lstat(at)) !== undefined) return;
  await disk.rename(kept, at);
  log.info(`${at} is back in its place`);
}
