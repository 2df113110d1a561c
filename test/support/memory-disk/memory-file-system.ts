/**
 * The calls of the operating system over a volatile disk, with the errno names of Linux. Each call happens at one instant;
 * a gate is asked before and after each one that changes something or makes it durable.
 */
import { constants } from 'node:fs';
import type { FileSystem } from '../../../packages/agent/src/adapters/file-system.ts';
import { createChanging, type Changing, type ChangingCall, type Gate } from './gate.ts';
import type { DiskState } from './image.ts';
import {
  changeAttributes,
  createDirectory,
  createFile,
  createSymlink,
  timesOf,
  type DirectoryNode,
  type Node,
} from './nodes.ts';
import { openFile, statsOf } from './open-file.ts';
import { errno, find, findDirectory, findPlace } from './paths.ts';

const PLENTY = { bsize: 4096, bavail: 2 ** 30, files: 0, ffree: 0 };

/** `gate` is read anew at each call. */
export function createMemoryFileSystem(state: DiskState, gate: () => Gate): FileSystem {
  const { root, counters } = state;
  const nodeAt = (path: string, follow: boolean): Node => find(root, path, { follow }).node;

  const changing = createChanging(gate);

  const openNode = (path: string, flags: number, mode: number): Node => {
    const follow = (flags & constants.O_NOFOLLOW) === 0;
    const has = (flag: number): boolean => (flags & flag) !== 0;
    // As on a filesystem without direct reads: there is no cache to go around.
    if (has(constants.O_DIRECT)) throw errno('EINVAL', path);
    if (has(constants.O_CREAT)) {
      const { directory, name, node } = findPlace(root, path);
      if (node !== undefined && has(constants.O_EXCL)) throw errno('EEXIST', path);
      if (node === undefined) {
        return changing('create', path, () => {
          const file = createFile(counters, mode);
          state.changes.apply({ directory, name, node: file });
          return file;
        });
      }
    }
    const node = nodeAt(path, follow);
    if (node.kind === 'symlink') throw errno('ELOOP', path);
    if (has(constants.O_DIRECTORY) && node.kind !== 'directory') throw errno('ENOTDIR', path);
    if (node.kind === 'directory' && has(constants.O_WRONLY)) throw errno('EISDIR', path);
    return node;
  };

  return {
    open: async (path, flags, mode = 0o666) => {
      const node = openNode(path, flags, mode);
      const isAppending = (flags & constants.O_APPEND) !== 0;
      return openFile(state, { node, path, isAppending }, changing);
    },
    lstat: async (path) => statsOf(nodeAt(path, false)),
    stat: async (path) => statsOf(nodeAt(path, true)),
    statfs: async (path) => {
      nodeAt(path, true);
      return PLENTY;
    },
    access: async (path) => {
      nodeAt(path, true);
    },
    readdir: async (path) => [...findDirectory(root, path).entries.keys()],
    readlink: async (path) => {
      const node = nodeAt(path, false);
      if (node.kind !== 'symlink') throw errno('EINVAL', path);
      return node.text;
    },
    realpath: async (path) => `/${find(root, path, { follow: true }).names.join('/')}`,
    chmod: async (path, mode) =>
      changing('chmod', path, () => changeAttributes(counters, nodeAt(path, true), { mode })),
    lchown: async (path, uid, gid) =>
      changing('chown', path, () => changeAttributes(counters, nodeAt(path, false), { uid, gid })),
    lutimes: async (path, atime, mtime) =>
      changing('utimes', path, () =>
        changeAttributes(counters, nodeAt(path, false), timesOf(atime, mtime)),
      ),
    syncFileSystem: async (path) => {
      changing('sync', path, () => syncAll(state));
      return true;
    },
    ...namingCalls(state, changing),
  };
}

function syncAll({ root, changes }: DiskState): void {
  const settle = (node: Node): void => {
    if (node.kind === 'file' && !node.isLost) {
      node.durable = { content: node.content, attributes: node.attributes };
    }
    if (node.kind !== 'directory') return;
    changes.sync(node);
    for (const child of node.entries.values()) settle(child);
  };
  settle(root);
}

function namingCalls({ root, counters, changes }: DiskState, changing: Changing) {
  const add = (call: ChangingCall, path: string, create: () => Node): void => {
    const { directory, name, node } = findPlace(root, path);
    if (node !== undefined) throw errno('EEXIST', path);
    changing(call, path, () => changes.apply({ directory, name, node: create() }));
  };
  const take = (call: 'unlink' | 'rmdir', path: string, refusal: (node: Node) => string): void => {
    const { directory, name, node } = findPlace(root, path);
    const code = node === undefined ? 'ENOENT' : refusal(node);
    if (code !== '') throw errno(code, path);
    changing(call, path, () => changes.apply({ directory, name, node: undefined }));
  };
  return {
    mkdir: async (path, mode) => add('mkdir', path, () => createDirectory(counters, mode)),
    symlink: async (text, path) => add('symlink', path, () => createSymlink(counters, text)),
    link: async (existing, path) => {
      const { node } = find(root, existing, { follow: false });
      if (findPlace(root, path).node !== undefined) throw errno('EEXIST', path);
      if (node.kind === 'directory') throw errno('EPERM', path);
      add('link', path, () => node);
    },
    unlink: async (path) =>
      take('unlink', path, ({ kind }) => (kind === 'directory' ? 'EISDIR' : '')),
    rmdir: async (path) =>
      take('rmdir', path, (node) => {
        if (node.kind !== 'directory') return 'ENOTDIR';
        return node.entries.size > 0 ? 'ENOTEMPTY' : '';
      }),
    rename: async (from, to) => {
      const source = findPlace(root, from);
      const target = findPlace(root, to);
      if (source.node === undefined) throw errno('ENOENT', from);
      if (holds(source.node, target.directory)) throw errno('EINVAL', to);
      if (target.node !== undefined && holds(target.node, source.directory)) {
        throw errno('ENOTEMPTY', to);
      }
      refuseReplacing(source.node, target.node, to);
      // rename(2): two names of one file both stay.
      if (source.node === target.node) return;
      const { node } = source;
      changing('rename', `${from} to ${to}`, () =>
        changes.apply({ ...target, node }, { ...source, node: undefined }),
      );
    },
  } satisfies Partial<FileSystem>;
}

/** Whether `directory` is the node or lies somewhere below it. */
function holds(node: Node, directory: DirectoryNode): boolean {
  if (node.kind !== 'directory') return false;
  return node === directory || [...node.entries.values()].some((child) => holds(child, directory));
}

/** A directory takes the place of an empty directory only, anything else of anything but a directory. */
function refuseReplacing(node: Node, inTheWay: Node | undefined, path: string): void {
  if (inTheWay === undefined) return;
  if (node.kind !== 'directory') {
    if (inTheWay.kind === 'directory') throw errno('EISDIR', path);
    return;
  }
  if (inTheWay.kind !== 'directory') throw errno('ENOTDIR', path);
  if (inTheWay !== node && inTheWay.entries.size > 0) throw errno('ENOTEMPTY', path);
}
