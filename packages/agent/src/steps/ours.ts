/** Whether what stands at a name of the device was put there by a release: a link of ours, or a copy that nobody has changed. */
import type { Sha256 } from '@pikit/protocol';
import type { KnownCopies } from '../core/known-copies.ts';
import { directoryOf, isOurLink, isTemporaryOf } from '../core/layout.ts';
import type { Disk } from '../ports.ts';
import { digestOf } from './stage-local.ts';
import { walk } from './walk.ts';

/** `sha256`: undefined for what cannot be read. That is not ours: it may be all that is left of the owner's. */
export function isOurContent(known: KnownCopies, at: string, sha256: Sha256 | undefined): boolean {
  return sha256 !== undefined && known.get(at)?.has(sha256) === true;
}

/** Reads what stands there, unless no release has ever put a copy at that name. */
export async function isCopyOfOurs(disk: Disk, at: string, known: KnownCopies): Promise<boolean> {
  if (!known.has(at) || (await disk.lstat(at))?.kind !== 'file') return false;
  return isOurContent(known, at, await digestOf(disk, at));
}

/**
 * `nothing`: no file is in it, however deep. One file of somebody else makes the whole of it somebody else's. `adopted`: names whose
 * content is in a release tree by now.
 */
export async function whoseDirectory(
  disk: Disk,
  directory: string,
  known: KnownCopies,
  adopted?: ReadonlySet<string>,
): Promise<'ours' | 'foreign' | 'nothing'> {
  let isEmpty = true;
  for await (const { path } of walk(disk, directory)) {
    const at = `${directory}/${path}`;
    const isOurs =
      adopted?.has(at) === true ||
      isOurLink(await disk.readLink(at)) ||
      (await isCopyOfOurs(disk, at, known)) ||
      isCutOff(at, known);
    if (!isOurs) return 'foreign';
    isEmpty = false;
  }
  return isEmpty ? 'nothing' : 'ours';
}

/** What was to become a copy of ours when the power went. */
function isCutOff(at: string, known: KnownCopies): boolean {
  const directory = directoryOf(at);
  const name = at.slice(directory.length + 1);
  return [...known.keys()].some(
    (copy) => directoryOf(copy) === directory && isTemporaryOf(copy, name),
  );
}
