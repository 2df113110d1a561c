/**
 * The few calls of the operating system that the disk adapter makes, as types. `file-system-node.ts` makes them; a model that
 * forgets what was not synced can stand in its place.
 */
import type { BigIntStats } from 'node:fs';

/** What of `stat` anybody here looks at. */
export type FileStats = Pick<
  BigIntStats,
  | 'isFile'
  | 'isDirectory'
  | 'isSymbolicLink'
  | 'dev'
  | 'ino'
  | 'nlink'
  | 'mode'
  | 'uid'
  | 'gid'
  | 'size'
  | 'atimeNs'
  | 'mtimeNs'
  | 'ctimeNs'
>;

export interface OpenFile {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ readonly bytesRead: number }>;
  write(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ readonly bytesWritten: number }>;
  stat(options: { bigint: true }): Promise<FileStats>;
  chmod(mode: number): Promise<void>;
  chown(uid: number, gid: number): Promise<void>;
  /** Seconds since 1970. */
  utimes(atime: number, mtime: number): Promise<void>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Every call fails with an error that carries an errno name in `code`. */
export interface FileSystem {
  open(path: string, flags: number, mode?: number): Promise<OpenFile>;
  lstat(path: string, options: { bigint: true }): Promise<FileStats>;
  stat(path: string, options: { bigint: true }): Promise<FileStats>;
  statfs(path: string): Promise<{
    readonly bsize: number;
    readonly bavail: number;
    readonly files: number;
    readonly ffree: number;
  }>;
  /** Whether this process may do so, by the bits of `constants.W_OK` and its like. */
  access(path: string, mode: number): Promise<void>;
  readdir(path: string): Promise<string[]>;
  readlink(path: string): Promise<string>;
  realpath(path: string): Promise<string>;
  mkdir(path: string, mode: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  symlink(text: string, path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  lchown(path: string, uid: number, gid: number): Promise<void>;
  lutimes(path: string, atime: number, mtime: number): Promise<void>;
  /** syncfs(2) for the filesystem that holds the path; false where nothing here can call it. */
  syncFileSystem(path: string): Promise<boolean>;
}
