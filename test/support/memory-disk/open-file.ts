/** One open file or directory of a volatile disk. Its node lives on when its last name is gone, as on any Unix. */
import type { FileStats, OpenFile } from '../../../packages/agent/src/adapters/file-system.ts';
import type { Changing } from './gate.ts';
import type { DiskState } from './image.ts';
import { changeAttributes, timesOf, type Attributes, type FileNode, type Node } from './nodes.ts';
import { errno } from './paths.ts';

interface Opened {
  readonly node: Node;
  readonly path: string;
  readonly isAppending: boolean;
}

const KIND_BITS = { file: 0o100000n, directory: 0o040000n, symlink: 0o120000n } as const;

export function statsOf(node: Node): FileStats {
  const { kind, ino, links, attributes, ctimeNs } = node;
  const { mode, uid, gid, atimeNs, mtimeNs } = attributes;
  return {
    isFile: () => kind === 'file',
    isDirectory: () => kind === 'directory',
    isSymbolicLink: () => kind === 'symlink',
    dev: 1n,
    ino,
    nlink: BigInt(links),
    mode: KIND_BITS[kind] | BigInt(mode),
    uid: BigInt(uid),
    gid: BigInt(gid),
    size: BigInt(sizeOf(node)),
    atimeNs,
    mtimeNs,
    ctimeNs,
  };
}

function sizeOf(node: Node): number {
  if (node.kind === 'file') return node.content.length;
  return node.kind === 'symlink' ? Buffer.byteLength(node.text) : 0;
}

export function openFile(
  { counters, changes }: DiskState,
  { node, path, isAppending }: Opened,
  changing: Changing,
): OpenFile {
  let position = 0;
  const file = (): FileNode => {
    if (node.kind !== 'file') throw errno('EISDIR', path);
    return node;
  };
  const replace = (content: Uint8Array): void => {
    file().content = content;
    changeAttributes(counters, node, { mtimeNs: counters.nowNs });
  };
  const set = (call: 'chmod' | 'chown' | 'utimes', patch: Partial<Attributes>): void =>
    changing(call, path, () => changeAttributes(counters, node, patch));

  return {
    read: async (buffer, offset, length, at) => {
      const { content } = file();
      const from = at ?? position;
      const chunk = content.subarray(from, from + length);
      buffer.set(chunk, offset);
      if (at === null) position += chunk.length;
      return { bytesRead: chunk.length };
    },
    write: async (buffer, offset, length, at) =>
      changing('write', path, () => {
        const { content } = file();
        const from = isAppending ? content.length : (at ?? position);
        const grown = new Uint8Array(Math.max(content.length, from + length));
        grown.set(content);
        grown.set(buffer.subarray(offset, offset + length), from);
        replace(grown);
        if (at === null) position = from + length;
        return { bytesWritten: length };
      }),
    truncate: async (length) =>
      changing('truncate', path, () => {
        const cut = new Uint8Array(length);
        cut.set(file().content.subarray(0, length));
        replace(cut);
      }),
    sync: async () => {
      try {
        changing('sync', path, () => {
          if (node.kind === 'directory') changes.sync(node);
          if (node.kind !== 'file' || node.isLost) return;
          node.durable = { content: node.content, attributes: node.attributes };
        });
      } catch (error) {
        if (node.kind === 'file') node.isLost = true;
        throw error;
      }
    },
    stat: async () => statsOf(node),
    chmod: async (mode) => set('chmod', { mode }),
    chown: async (uid, gid) => set('chown', { uid, gid }),
    utimes: async (atime, mtime) => set('utimes', timesOf(atime, mtime)),
    close: async () => undefined,
  };
}
