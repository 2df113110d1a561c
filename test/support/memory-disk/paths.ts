/** From a path to a node, as the kernel walks: symlinks on the way are followed, the last one only where asked. */
import { posix } from 'node:path';
import type { DirectoryNode, Node } from './nodes.ts';

/** As the kernel (path_resolution(7)): more is a loop. */
const MAX_LINKS = 40;

/** Without a stack, as an error of Node's own calls: to collect it takes longer than a call, and most ask what may be missing. */
export function errno(code: string, path: string): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = Object.assign(new Error(`${code}: ${path}`), { code });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

interface Found {
  readonly node: Node;
  /** Those that lead to it from the root, none of them a symlink. */
  readonly names: readonly string[];
}

/** Throws ENOENT, ENOTDIR, ELOOP. */
export function find(
  root: DirectoryNode,
  path: string,
  { follow }: { readonly follow: boolean },
): Found {
  const names: string[] = [];
  // Where the walk has been: one for each name, after the root.
  const nodes: Node[] = [root];
  // The next one comes last.
  const waiting = namesOf(path).toReversed();
  let links = 0;
  for (;;) {
    const found = nodes.at(-1) ?? root;
    const name = waiting.pop();
    if (name === undefined) return { node: found, names };
    if (found.kind !== 'directory') throw errno('ENOTDIR', path);
    if (name === '..') {
      // The parent of where the walk has arrived: what stands in the text before it was followed already.
      if (names.pop() !== undefined) nodes.pop();
      continue;
    }
    const node = found.entries.get(name);
    if (node === undefined) throw errno('ENOENT', path);
    if (node.kind === 'symlink' && (follow || waiting.length > 0)) {
      links += 1;
      if (links > MAX_LINKS) throw errno('ELOOP', path);
      if (node.text.startsWith('/')) {
        names.length = 0;
        nodes.length = 1;
      }
      waiting.push(...namesOf(node.text).toReversed());
    } else {
      names.push(name);
      nodes.push(node);
    }
  }
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
