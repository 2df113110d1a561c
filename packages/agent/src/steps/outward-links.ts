/**
 * Relative symlinks that lead out of a directory which was copied: from the copy's place they would lead somewhere else. Only looks;
 * what becomes of them the copier decides.
 */
import { directoryOf } from '../core/layout.ts';
import type { Disk } from '../ports.ts';
import { walk } from './walk.ts';

interface OutwardLink {
  /** Below the directory. */
  readonly path: string;
  /** The device path to which it led. */
  readonly end: string;
}

/** In the `copy` of what a program finds at `original`; none in what is no directory. */
export async function* outwardLinks(
  disk: Disk,
  original: string,
  copy: string,
): AsyncGenerator<OutwardLink, void> {
  const place = await disk.realPath(original);
  if (place === undefined || (await disk.lstat(copy))?.kind !== 'directory') return;
  for await (const { path, entry } of walk(disk, copy)) {
    const text = entry.kind === 'symlink' ? await disk.readLink(`${copy}/${path}`) : undefined;
    if (text === undefined || text.startsWith('/')) continue;
    const end = endOf(directoryOf(`${place}/${path}`), text);
    if (end !== place && !end.startsWith(`${place}/`)) yield { path, end };
  }
}

/** As the names say; a symlink on the way is not looked at. */
function endOf(directory: string, text: string): string {
  const names = directory.split('/').slice(1);
  for (const name of text.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}
