/**
 * Copies of a volatile disk at one instant, and what a power cut makes of one. The disk itself goes on undisturbed, so that
 * one run of the agent can be cut at every one of its calls.
 */
import { createNameChanges, type NameChanges } from './name-changes.ts';
import type { Counters, DirectoryNode, FileNode, Node } from './nodes.ts';

export interface DiskState {
  readonly counters: Counters;
  readonly root: DirectoryNode;
  readonly changes: NameChanges;
}

/** All that the kernel knows, and what of it is durable: the process died, nothing is lost yet. */
export function fork({ counters, root, changes }: DiskState): DiskState {
  const copies = new Map<Node, Node>();
  const ownCounters = { ...counters };
  const ownRoot = copyDirectory(root, copies);
  const pending = changes.pending().map((change) =>
    change.map(({ directory, name, node }) => ({
      directory: copyDirectory(directory, copies),
      name,
      node: node && copyNode(node, copies),
    })),
  );
  return { counters: ownCounters, root: ownRoot, changes: createNameChanges(ownCounters, pending) };
}

function copyNode(node: Node, copies: Map<Node, Node>): Node {
  if (node.kind === 'directory') return copyDirectory(node, copies);
  const known = copies.get(node);
  if (known !== undefined) return known;
  const copy = { ...node };
  copies.set(node, copy);
  return copy;
}

function copyDirectory(directory: DirectoryNode, copies: Map<Node, Node>): DirectoryNode {
  const known = copies.get(directory);
  if (known?.kind === 'directory') return known;
  const names = { entries: new Map<string, Node>(), durableEntries: new Map<string, Node>() };
  const copy = { ...directory, ...names };
  copies.set(directory, copy);
  for (const list of ['entries', 'durableEntries'] as const) {
    for (const [name, node] of directory[list]) copy[list].set(name, copyNode(node, copies));
  }
  return copy;
}

/** The power goes and comes back. What is left is what will be left the next time too. */
export function cut({ root, changes }: DiskState, random: () => number): void {
  changes.cut(random);
  const seen = new Set<Node>();
  const settle = (node: Node): void => {
    node.links = seen.has(node) ? node.links + 1 : 1;
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'file') settleFile(node, random);
    if (node.kind !== 'directory') return;
    node.attributes = random() < 0.5 ? node.attributes : node.durableAttributes;
    node.durableAttributes = node.attributes;
    node.entries.clear();
    for (const [name, child] of node.durableEntries) {
      node.entries.set(name, child);
      settle(child);
    }
  };
  settle(root);
}

function settleFile(file: FileNode, random: () => number): void {
  const { durable } = file;
  if (durable.content !== file.content) {
    file.content = remains(durable.content, file.content, random);
  }
  if (random() < 0.5) file.attributes = durable.attributes;
  file.durable = { content: file.content, attributes: file.attributes };
  file.isLost = false;
}

/**
 * Pages reach the medium in any order or not at all, and a length without its bytes reads as zeros (ext4 with its default
 * options leaves such files behind).
 */
function remains(before: Uint8Array, after: Uint8Array, random: () => number): Uint8Array {
  const kinds = [
    () => before,
    () => after,
    () => new Uint8Array(after.length),
    () => {
      const torn = new Uint8Array(after.length);
      torn.set(after.subarray(0, Math.floor(random() * after.length)));
      return torn;
    },
    () => after.slice(0, Math.floor(random() * after.length)),
  ];
  return (kinds[Math.floor(random() * kinds.length)] ?? kinds[0])?.() ?? before;
}
