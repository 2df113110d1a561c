/**
 * Which entries of an archive may be written, under which name. That it is an entry of a sane archive at all is the tar
 * guard's business, and whether the content is right that of the manifest's hash.
 */
import { MANIFEST_NAME } from '@pikit/protocol';
import { refusalOfPath } from './release-path.ts';
import type { TarEntry } from './tar-guard.ts';
import { refusedEntry } from './tar-header.ts';

export type Admission =
  /** Of the mode only the owner's execute bit is told: set-uid and its kin never leave the archive. */
  | { readonly kind: 'file'; readonly path: string; readonly executable: boolean }
  | { readonly kind: 'link'; readonly path: string }
  | { readonly kind: 'directory'; readonly path: string }
  /** The copy of the manifest in a bundle made by hand; the one that counts was fetched on its own. */
  | { readonly kind: 'ignored' };

/** `tar czf x -C dir .` writes `./` before every name; that spelling is the same path. */
function withoutDotSlash(path: string): string {
  return path.replace(/^(?:\.\/+)+/, '');
}

/** `links`: the text of each link that the manifest lists, by its path. Throws `entry-refused` with `path` and `reason`. */
export function admit(entry: TarEntry, links: ReadonlyMap<string, string> = new Map()): Admission {
  const stripped = withoutDotSlash(entry.path);
  if (entry.type === 'directory') {
    if (stripped === '' || stripped === '.') return { kind: 'directory', path: '' };
    const path = stripped.replace(/\/+$/, '');
    assertPath(entry, path);
    return { kind: 'directory', path };
  }
  assertPath(entry, stripped);
  if (entry.type === 'symlink') {
    const text = links.get(stripped);
    if (text === undefined) throw refusedEntry(entry.path, 'link that the manifest does not list');
    if (text !== entry.linkText) throw refusedEntry(entry.path, 'link to somewhere else');
    return { kind: 'link', path: stripped };
  }
  if (stripped === MANIFEST_NAME) return { kind: 'ignored' };
  return { kind: 'file', path: stripped, executable: (entry.mode & 0o100) !== 0 };
}

function assertPath(entry: TarEntry, path: string): void {
  const refusal = refusalOfPath(path);
  if (refusal !== undefined) throw refusedEntry(entry.path, refusal);
}
