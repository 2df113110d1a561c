/**
 * Brings the configuration files to a release: untouched ones follow it, edited ones stay as they are, with the release's
 * own beside them as `.pikit-new` where the owner has to look at it. The same in both directions, however often it is run.
 */
import { targetOf } from '../core/activation-plan.ts';
import { configsOf, mergeConfig, type Content, type Edit } from '../core/config-merge.ts';
import type { TreeRef } from '../core/journal-record.ts';
import type { KnownCopies } from '../core/known-copies.ts';
import { newPath, type TreeName } from '../core/layout.ts';
import type { TreeFile, TreeRecord } from '../core/tree-record.ts';
import { contentAt, noteEdits } from './config-edits.ts';
import type { StepContext } from './context.ts';
import { keep, makeWay, restoreKept } from './make-way.ts';
import { tidy } from './remove-obsolete.ts';
import { readTreeFile } from './trees.ts';

/** One name; `coming` and `leaving` are what the two releases bring for it, `ours` what any installed one does. */
interface Place {
  readonly at: string;
  readonly coming: (TreeFile & { readonly tree: TreeName }) | undefined;
  readonly leaving: TreeFile | undefined;
  readonly ours: ReadonlySet<Content>;
  readonly edit: Edit | undefined;
  readonly known: KnownCopies;
}

export async function placeConfigs(
  context: StepContext,
  ref: TreeRef | null,
  trees: ReadonlyMap<TreeName, TreeRecord>,
  known: KnownCopies,
): Promise<void> {
  const { targets } = context.policy;
  const { from, to } = context.record();
  const of = (tree: TreeRecord | undefined) => configsOf(targets, tree?.files ?? []);
  const before = from === null ? undefined : trees.get(from.name);
  const after = trees.get(to.name);
  const isForward = ref?.name === to.name;
  const coming = of(isForward ? after : before);
  const leaving = of(isForward ? before : after);
  // Adopted files were the owner's: no release has brought them.
  const base = before?.adopted === true ? of(undefined) : of(before);
  const edits = await noteEdits(context, { base, coming, leaving, known });
  const all = [...trees.values()].map(of);
  for (const at of new Set([...coming.keys(), ...leaving.keys()])) {
    const file = coming.get(at);
    await placeConfig(context, {
      at,
      coming: file === undefined || ref === null ? undefined : { ...file, tree: ref.name },
      leaving: leaving.get(at),
      ours: new Set(all.map((configs) => configs.get(at)?.sha256 ?? null)),
      edit: edits.get(at),
      known,
    });
  }
}

async function placeConfig(context: StepContext, place: Place): Promise<void> {
  const { disk, log } = context;
  const { at, coming, edit, known } = place;
  const device = await contentAt(disk, at, known);
  const decision = mergeConfig(device, coming?.sha256 ?? null, edit);
  if (decision === 'beside' && coming !== undefined) {
    await putBeside(context, place, coming, device);
    return;
  }
  await clearBeside(context, place);
  if (decision === 'keep') {
    if (coming === undefined && device !== null) log.info(`${at} is yours: it stays`);
  } else if (coming === undefined) {
    // A directory in its place is this release's own.
    if ((await disk.lstat(at))?.kind !== 'directory') await disk.remove(at);
    await tidy(context, { at, from: place.leaving?.path ?? '' });
  } else {
    await take(context, place, coming, device);
  }
}

async function take(
  context: StepContext,
  { at, leaving, known }: Place,
  coming: NonNullable<Place['coming']>,
  device: Content,
): Promise<void> {
  const { disk } = context;
  const entry = await disk.lstat(at);
  // A mode that the owner has chosen outlives the content, and so does whom the file belongs to.
  const isOwnMode = entry?.kind === 'file' && entry.mode !== leaving?.mode;
  const mode = isOwnMode ? entry.mode : coming.mode;
  if (device === coming.sha256 && entry?.mode === mode) return;
  await clearTheWay(context, { at, known }, coming);
  const content = await readTreeFile(disk, coming.tree, coming.path);
  await disk.write(at, content, mode, { keepsOwner: true });
}

async function putBeside(
  context: StepContext,
  { at, ours, known }: Place,
  coming: NonNullable<Place['coming']>,
  device: Content,
): Promise<void> {
  const { disk, log } = context;
  const beside = newPath(at);
  log.warning(`${at} was edited: it stays, and the release's own is ${beside}`);
  const standing = await contentAt(disk, beside);
  if (standing === coming.sha256) return;
  // A half-done merge is somebody's work.
  if (!ours.has(standing) && standing !== null) await keep(context, beside);
  // The owner may have deleted the directory too.
  if (device === null) await clearTheWay(context, { at, known }, coming);
  await disk.write(beside, await readTreeFile(disk, coming.tree, coming.path), coming.mode);
}

/** It is of a release that does not run, or says nothing that the owner's file does not. */
async function clearBeside(context: StepContext, { at, ours }: Place): Promise<void> {
  const { disk } = context;
  const beside = newPath(at);
  const standing = await contentAt(disk, beside);
  if (standing !== null && ours.has(standing)) await disk.remove(beside);
  await restoreKept(context, beside);
}

async function clearTheWay(
  context: StepContext,
  { at, known }: Pick<Place, 'at' | 'known'>,
  { path }: TreeFile,
): Promise<void> {
  const placement = { at, from: path };
  const target = targetOf(context.policy.targets, placement);
  if (target !== undefined && (await context.disk.lstat(at))?.kind !== 'file')
    await makeWay(context, placement, target, { known });
}
