/**
 * The calls of the operating system as Node makes them. What the kernel answers at once is called in this thread, because the
 * way to another and back costs ten times the call, and an update makes tens of thousands; what may wait for the medium is not.
 */
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FileSystem, OpenFile } from './file-system.ts';

/** For so long nobody else has a turn; then whoever waits has one. */
const SLICE_MS = 5;
/** More is left to another thread: an SD card delivers this in some five milliseconds. */
const SHORT_BYTES = 64 * 1024;

const later = {
  read: promisify(fs.read),
  write: promisify(fs.write),
  sync: promisify(fs.fsync),
  truncate: promisify(fs.ftruncate),
};

type AtOnce = <T>(call: () => T) => Promise<T>;

function createAtOnce(): AtOnce {
  let sliceEnds = 0;
  return async (call) => {
    if (performance.now() > sliceEnds) {
      await turn();
      sliceEnds = performance.now() + SLICE_MS;
    }
    return call();
  };
}

function openFile(fd: number, atOnce: AtOnce): OpenFile {
  return {
    read: (buffer, offset, length, position) =>
      length > SHORT_BYTES
        ? later.read(fd, buffer, offset, length, position)
        : atOnce(() => ({ bytesRead: fs.readSync(fd, buffer, offset, length, position) })),
    write: (buffer, offset, length, position) =>
      length > SHORT_BYTES
        ? later.write(fd, buffer, offset, length, position)
        : atOnce(() => ({ bytesWritten: fs.writeSync(fd, buffer, offset, length, position) })),
    stat: (options) => atOnce(() => fs.fstatSync(fd, options)),
    chmod: (mode) => atOnce(() => fs.fchmodSync(fd, mode)),
    chown: (uid, gid) => atOnce(() => fs.fchownSync(fd, uid, gid)),
    utimes: (atime, mtime) => atOnce(() => fs.futimesSync(fd, atime, mtime)),
    truncate: (length) => later.truncate(fd, length),
    sync: () => later.sync(fd),
    close: async () => fs.closeSync(fd),
  };
}

/** sync(1) opens the path and calls syncfs(2), which tells of every write that failed and that nobody was told of. */
function syncFileSystem(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    execFile('sync', ['--file-system', '--', path], (error) => {
      if (error === null) resolve(true);
      else if (error.code === 'ENOENT') resolve(false);
      else reject(Object.assign(new Error(error.message, { cause: error }), { code: 'EIO' }));
    });
  });
}

function createFileSystem(): FileSystem {
  const atOnce = createAtOnce();
  return {
    open: (path, flags, mode) => atOnce(() => openFile(fs.openSync(path, flags, mode), atOnce)),
    lstat: (path, options) => atOnce(() => fs.lstatSync(path, options)),
    stat: (path, options) => atOnce(() => fs.statSync(path, options)),
    statfs: (path) => atOnce(() => fs.statfsSync(path)),
    access: (path, mode) => atOnce(() => fs.accessSync(path, mode)),
    readdir: (path) => atOnce(() => fs.readdirSync(path)),
    readlink: (path) => atOnce(() => fs.readlinkSync(path)),
    realpath: (path) => atOnce(() => fs.realpathSync.native(path)),
    mkdir: (path, mode) => atOnce(() => fs.mkdirSync(path, { mode })),
    rename: (from, to) => atOnce(() => fs.renameSync(from, to)),
    link: (existing, path) => atOnce(() => fs.linkSync(existing, path)),
    symlink: (text, path) => atOnce(() => fs.symlinkSync(text, path)),
    unlink: (path) => atOnce(() => fs.unlinkSync(path)),
    rmdir: (path) => atOnce(() => fs.rmdirSync(path)),
    chmod: (path, mode) => atOnce(() => fs.chmodSync(path, mode)),
    lchown: (path, uid, gid) => atOnce(() => fs.lchownSync(path, uid, gid)),
    lutimes: (path, atime, mtime) => atOnce(() => fs.lutimesSync(path, atime, mtime)),
    syncFileSystem,
  };
}

export const realFileSystem: FileSystem = createFileSystem();
