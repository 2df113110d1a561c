/** From a path to a node, as the kernel walks: symlinks on the way are followed, the last one only where asked. */
import { posix } from 'node:path';
import type { DirectoryNode, Node } from './nodes.ts';

/** As the kernel (path_resolution(7)): more is a loop. */
const MAX_LINKS = 40;

export function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

interface Found {
  readonly node: Node;
  /** Without symlinks. */
  readonly path: string;
}

/** Throws ENOENT, ENOTDIR, ELOOP. */
export function find(
  root: DirectoryNode,
  path: string,
  { follow }: { readonly follow: boolean },
): Found {
  let found: Found = { node: root, path: '/' };
  let waiting = namesOf(path);
  for (let links = 0; waiting.length > 0;) {
    const [name = '', ...rest] = waiting;
    const { node: directory } = found;
    if (directory.kind !== 'directory') throw errno('ENOTDIR', path);
    if (name === '..') {
      // The parent of where the walk has arrived: what stands in the text before it was followed already.
      found = find(root, posix.dirname(found.path), { follow: false });
      waiting = rest;
      continue;
    }
    const node = directory.entries.get(name);
    if (node === undefined) throw errno('ENOENT', path);
    if (node.kind === 'symlink' && (follow || rest.length > 0)) {
      links += 1;
      if (links > MAX_LINKS) throw errno('ELOOP', path);
      if (node.text.startsWith('/')) found = { node: root, path: '/' };
      waiting = [...namesOf(node.text), ...rest];
    } else {
      found = { node, path: posix.join(found.path, name) };
      waiting = rest;
    }
  }
  return found;
}

/** Where a name is given or taken: its directory, and what has the name now. */
export function findPlace(
  root: DirectoryNode,
  path: string,
): { readonly directory: DirectoryNode; readonly name: string; readonly node: Node | undefined } {
  const directory = findDirectory(root, posix.dirname(path));
  const name = posix.basename(path);
  return { directory, name, node: directory.entries.get(name) };
}

export function findDirectory(root: DirectoryNode, path: string): DirectoryNode {
  const { node } = find(root, path, { follow: true });
  if (node.kind !== 'directory') throw errno('ENOTDIR', path);
  return node;
}

function namesOf(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
