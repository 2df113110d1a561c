/**
 * The device's files, below a root directory. Paths are checked, errors become codes, and everything that must survive a
 * power cut goes through `durable-write.ts`. Symlinks in parent components are followed as the system follows them, the
 * last component never, except the one that `copy` is asked to copy.
 */
import { posix } from 'node:path';
import { Sha256Schema, UpdateError } from '@pikit/protocol';
import * as v from 'valibot';
import type { Disk, Entry } from '../ports.ts';
import { copyTree } from './copy-tree.ts';
import { diskFailure, errnoOf, isAbsent } from './disk-failure.ts';
import { createDevicePaths } from './disk-path.ts';
import { spaceAt } from './disk-space.ts';
import {
  makeDirectory,
  makeDirectoryDurably,
  ownerOf,
  pointSymlinkDurably,
  renameDurably,
  syncDirectory,
  writeDurably,
  writeUnsynced,
} from './durable-write.ts';
import { realFileSystem } from './file-system-node.ts';
import type { FileStats, FileSystem } from './file-system.ts';
import { createParsedOnce } from './parsed-once.ts';
import { createReadBack } from './read-back.ts';
import { hashFile, readBounded, streamFile } from './read-file.ts';
import { appendBytes, createFile, resumeFile } from './stream-write.ts';
import { removeTree, syncTree } from './walk-tree.ts';

const PERMISSION_BITS = 0o7777n;

const branded = <T extends { readonly sha256: string }>(result: T) => ({
  ...result,
  sha256: v.parse(Sha256Schema, result.sha256),
});

function toEntry(stats: FileStats): Entry {
  const kind = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'directory'
      : stats.isSymbolicLink()
        ? 'symlink'
        : 'other';
  const size = Number(stats.size);
  return {
    kind,
    mode: Number(stats.mode & PERMISSION_BITS),
    size,
    links: Number(stats.nlink),
    fingerprint: {
      inode: String(stats.ino),
      size,
      mtimeNs: String(stats.mtimeNs),
      ctimeNs: String(stats.ctimeNs),
    },
  };
}

/** Errors that mean "this filesystem does not link here", and not "something is wrong". */
const NO_LINK = new Set(['EXDEV', 'EMLINK', 'EPERM', 'EOPNOTSUPP', 'ENOTSUP']);

const MOUNT_TABLE = '/proc/self/mountinfo';
const MOUNT_TABLE_BYTES = 4 * 1024 * 1024;

/** proc_pid_mountinfo(5): the fifth field, in which space, tab, newline and backslash are octal. */
export function mountPoints(table: string): readonly string[] {
  return table.split('\n').flatMap((line) => {
    const point = line.split(' ')[4];
    if (point === undefined) return [];
    return [
      point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    ];
  });
}

async function listDirectory(fs: FileSystem, path: string): Promise<readonly string[]> {
  const stats = await fs.lstat(path, { bigint: true });
  if (!stats.isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' });
  return (await fs.readdir(path)).toSorted();
}

interface Options {
  /** The directory that stands for `/`. */
  readonly root: string;
  readonly fs?: FileSystem;
}

/** What all calls share: checked paths, and failures with a code and the device path. */
function createGuard(root: string) {
  const paths = createDevicePaths(root);

  const at = async <T>(
    verb: string,
    path: string,
    work: (host: string) => Promise<T>,
  ): Promise<T> => {
    const host = paths.toHost(path);
    try {
      return await work(host);
    } catch (error) {
      throw diskFailure(error, verb, path, paths.fromLinkText);
    }
  };

  /** The same for what may be absent. `also` names one more errno that means so. */
  const ifThere = <T>(
    path: string,
    work: (host: string) => Promise<T>,
    also?: string,
  ): Promise<T | undefined> =>
    at('read', path, async (host) => {
      try {
        return await work(host);
      } catch (error) {
        if (isAbsent(error) || (also !== undefined && errnoOf(error) === also)) return undefined;
        throw error;
      }
    });

  return { ...paths, at, ifThere };
}
type Guard = ReturnType<typeof createGuard>;

function readingCalls(fs: FileSystem, { at, ifThere, toHost, fromLinkText }: Guard) {
  const readBack = createReadBack(fs);
  const parsedOnce = createParsedOnce();
  return {
    lstat: (path) => ifThere(path, async (host) => toEntry(await fs.lstat(host, { bigint: true }))),
    readLink: (path) =>
      ifThere(path, async (host) => fromLinkText(await fs.readlink(host)), 'EINVAL'),
    list: (path) =>
      at('list', path, async (host) => {
        try {
          return await listDirectory(fs, host);
        } catch (error) {
          if (errnoOf(error) === 'ENOENT') return [];
          throw error;
        }
      }),
    read: (path, maxBytes) => ifThere(path, (host) => readBounded(fs, host, maxBytes, path)),
    load: async (path, maxBytes, parse) => {
      const found = await ifThere(path, async (host) => {
        // In pieces first: what is known already need not be in memory as a whole, thirty times in an update.
        const { size } = await fs.lstat(host, { bigint: true });
        const known =
          size <= maxBytes
            ? parsedOnce.recall((await hashFile(fs, host)).sha256, parse)
            : undefined;
        return known ?? { bytes: await readBounded(fs, host, maxBytes, path) };
      });
      if (found === undefined) return undefined;
      return branded('bytes' in found ? parsedOnce.understand(found.bytes, parse) : found);
    },
    async *stream(path, offset = 0, length = Infinity) {
      const host = toHost(path);
      try {
        yield* streamFile(fs, host, offset, length);
      } catch (error) {
        throw diskFailure(error, 'read', path);
      }
    },
    hash: (path) => at('read', path, async (host) => branded(await hashFile(fs, host))),
    readBack: (path) => at('read', path, async (host) => branded(await readBack(host))),
    kindBehind: (path) =>
      ifThere(path, async (host) => toEntry(await fs.stat(host, { bigint: true })).kind),
    realPath: (path) =>
      ifThere(
        path,
        async (host) => {
          const [real, root] = [await fs.realpath(host), await fs.realpath(toHost('/'))];
          if (root === '/') return real;
          return real.startsWith(`${root}/`) ? real.slice(root.length) : undefined;
        },
        'ELOOP',
      ),
    mounts: async () => {
      const bytes = await ifThere('/', () =>
        readBounded(fs, MOUNT_TABLE, MOUNT_TABLE_BYTES, MOUNT_TABLE),
      );
      return mountPoints(new TextDecoder().decode(bytes)).map(fromLinkText);
    },
    space: (path) => at('measure', path, (host) => spaceAt(fs, host, toHost('/'))),
  } satisfies Partial<Disk>;
}

function writingCalls(fs: FileSystem, { at, toHost }: Guard) {
  return {
    write: (path, content, mode, { keepsOwner = false } = {}) =>
      at('write', path, async (host) => {
        await makeDirectoryDurably(fs, posix.dirname(host));
        const owner = keepsOwner && isRoot() ? await ownerOf(fs, host) : undefined;
        await writeDurably(fs, host, asBytes(content), mode, owner);
      }),
    writeUnsynced: (path, content, mode) =>
      at('write', path, async (host) => {
        await makeDirectoryDurably(fs, posix.dirname(host));
        await writeUnsynced(fs, host, asBytes(content), mode);
      }),
    create: async (path, mode, content) => {
      const translate = (error: unknown) => diskFailure(error, 'write', path);
      return branded(await createFile(fs, toHost(path), mode, content, translate));
    },
    createSymlink: (path, text) =>
      at('link', path, async (host) => {
        await makeDirectory(fs, posix.dirname(host));
        await fs.symlink(text, host);
      }),
    resume: (path, offset, content, leastBytes) => {
      const translate = (error: unknown) => diskFailure(error, 'write', path);
      return resumeFile(fs, toHost(path), offset, content, translate, leastBytes);
    },
    append: (path, text) =>
      at('write', path, (host) => appendBytes(fs, host, Buffer.from(text), { durable: false })),
    appendDurably: (path, text) =>
      at('write', path, (host) => appendBytes(fs, host, Buffer.from(text), { durable: true })),
  } satisfies Partial<Disk>;
}

const asBytes = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : content;

const isRoot = (): boolean => process.getuid?.() === 0;

async function syncDirectoryIfThere(fs: FileSystem, path: string): Promise<void> {
  try {
    await syncDirectory(fs, path);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

async function linkIfPossible(fs: FileSystem, existing: string, path: string): Promise<boolean> {
  try {
    await fs.link(existing, path);
    return true;
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    if (NO_LINK.has(errno)) return false;
    if (errno !== 'ENOENT') throw error;
    await makeDirectory(fs, posix.dirname(path));
    await fs.link(existing, path);
    return true;
  }
}

function changingCalls(fs: FileSystem, { at, toHost, toLinkText }: Guard) {
  const keepOwner = isRoot();
  return {
    makeDirectory: (path) => at('make', path, (host) => makeDirectoryDurably(fs, host)),
    copy: (from, to) =>
      at('copy', from, async (host) => {
        const target = toHost(to);
        const source = await fs.realpath(host);
        if (target === source || target.startsWith(`${source}/`)) {
          throw new UpdateError('internal', `${to} lies inside ${from}`);
        }
        await copyTree(fs, source, target, keepOwner);
      }),
    link: (existing, path) =>
      at('link', path, (host) => linkIfPossible(fs, toHost(existing), host)),
    pointSymlink: (path, text) =>
      at('link', path, (host) => pointSymlinkDurably(fs, host, toLinkText(text))),
    rename: (from, to) => at('rename', from, (host) => renameDurably(fs, host, toHost(to))),
    remove: (path) =>
      at('remove', path, async (host) => {
        if (path === '/') throw new UpdateError('internal', 'refusing to remove the root');
        if (await removeTree(fs, host)) await syncDirectory(fs, posix.dirname(host));
      }),
    sync: (path) => at('sync', path, (host) => syncTree(fs, host)),
    settle: (directory) => at('sync', directory, (host) => syncDirectoryIfThere(fs, host)),
  } satisfies Partial<Disk>;
}

export function createDisk({ root, fs = realFileSystem }: Options): Disk {
  const guard = createGuard(root);
  return { ...readingCalls(fs, guard), ...writingCalls(fs, guard), ...changingCalls(fs, guard) };
}
