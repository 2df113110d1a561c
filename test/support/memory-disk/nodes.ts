/**
 * What a volatile disk consists of: files, directories and symlinks, each as the kernel shows it now and as far as it is
 * certain to be on the medium. Contents are never changed in place, so that images may share them. Decides nothing about
 * what a power cut leaves.
 */

export interface Attributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
}

interface Common {
  readonly ino: bigint;
  attributes: Attributes;
  ctimeNs: bigint;
  /** How many names lead here now. */
  links: number;
}

export interface FileNode extends Common {
  readonly kind: 'file';
  content: Uint8Array;
  /** As of the last sync that succeeded; a file is born empty. */
  durable: { readonly content: Uint8Array; readonly attributes: Attributes };
  /** A sync failed: the kernel took the pages for clean, so every later one succeeds and writes nothing of them. */
  isLost: boolean;
}

export interface DirectoryNode extends Common {
  readonly kind: 'directory';
  /** Names as every program sees them. */
  readonly entries: Map<string, Node>;
  /** Names that no power cut takes away. */
  readonly durableEntries: Map<string, Node>;
  durableAttributes: Attributes;
}

/** Text and attributes are as durable as the name: there is no call that syncs a symlink. */
export interface SymlinkNode extends Common {
  readonly kind: 'symlink';
  readonly text: string;
}

export type Node = FileNode | DirectoryNode | SymlinkNode;

/** Numbers and times of one disk; each look at the clock is a microsecond later. */
export interface Counters {
  ino: bigint;
  nowNs: bigint;
}

export function tick(counters: Counters): bigint {
  counters.nowNs += 1000n;
  return counters.nowNs;
}

function common(counters: Counters, mode: number): Common {
  counters.ino += 1n;
  const now = tick(counters);
  const attributes = { mode: mode & 0o7777, uid: 0, gid: 0, atimeNs: now, mtimeNs: now };
  return { ino: counters.ino, attributes, ctimeNs: now, links: 0 };
}

export function createFile(counters: Counters, mode: number): FileNode {
  const shared = common(counters, mode);
  const content = new Uint8Array();
  const durable = { content, attributes: shared.attributes };
  return { ...shared, kind: 'file', content, durable, isLost: false };
}

export function createDirectory(counters: Counters, mode: number): DirectoryNode {
  const shared = common(counters, mode);
  const names = { entries: new Map<string, Node>(), durableEntries: new Map<string, Node>() };
  return { ...shared, ...names, kind: 'directory', durableAttributes: shared.attributes };
}

export function createSymlink(counters: Counters, text: string): SymlinkNode {
  return { ...common(counters, 0o777), kind: 'symlink', text };
}

export function changeAttributes(counters: Counters, node: Node, patch: Partial<Attributes>): void {
  node.attributes = { ...node.attributes, ...patch };
  node.ctimeNs = tick(counters);
}

const nanoseconds = (seconds: number): bigint => BigInt(Math.round(seconds * 1e6)) * 1000n;

/** Seconds since 1970, as `utimes` takes them. */
export function timesOf(atime: number, mtime: number): Pick<Attributes, 'atimeNs' | 'mtimeNs'> {
  return { atimeNs: nanoseconds(atime), mtimeNs: nanoseconds(mtime) };
}
