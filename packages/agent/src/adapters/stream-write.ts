/**
 * Files that grow while bytes arrive: a staged file, a resumable download, a log. Errors of the content pass through
 * unchanged, so that a broken connection is never taken for a broken disk. All paths are host paths.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { posix } from 'node:path';
import { errnoOf, isAbsent } from './disk-failure.ts';
import { makeDirectory, syncDirectory, withFile, writeAll } from './durable-write.ts';
import type { FileSystem, OpenFile } from './file-system.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const KEEP = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;

/** Turns an error of the operating system into the one that the caller sees. */
type Translate = (error: unknown) => Error;

async function translated<T>(work: Promise<T>, translate: Translate): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw translate(error);
  }
}

async function pour(
  file: OpenFile,
  offset: number,
  content: AsyncIterable<Uint8Array>,
  translate: Translate,
  onChunk: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  let position = offset;
  for await (const chunk of content) {
    await translated(writeAll(file, chunk, position), translate);
    position += chunk.length;
    await onChunk(chunk);
  }
}

async function openNew(fs: FileSystem, path: string): Promise<OpenFile> {
  try {
    return await fs.open(path, CREATE, 0o600);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    await makeDirectory(fs, posix.dirname(path));
    return fs.open(path, CREATE, 0o600);
  }
}

/**
 * Refuses to follow or replace anything, makes parents, removes what it made when it fails. Not synced. The digest is of
 * what was handed to the kernel.
 */
export async function createFile(
  fs: FileSystem,
  path: string,
  mode: number,
  content: AsyncIterable<Uint8Array>,
  translate: Translate,
): Promise<{ sha256: string; size: number }> {
  const file = await translated(openNew(fs, path), translate);
  const hash = createHash('sha256');
  let size = 0;
  try {
    await withFile(file, async (open) => {
      await pour(open, 0, content, translate, (chunk) => {
        hash.update(chunk);
        size += chunk.length;
      });
      await translated(open.chmod(mode), translate);
    });
  } catch (error) {
    // because the first error is the one to tell, and staging is removed as a whole afterwards.
    await fs.unlink(path).catch(() => undefined);
    throw error;
  }
  return { sha256: hash.digest('hex'), size };
}

/**
 * Makes parents. The name is durable with the first bytes, the content however it ends: what has arrived before a failure need not
 * cross the wire again after a power cut. A cut while bytes arrive may tear them; the caller verifies what it gets. A file shorter
 * than `leastBytes` is not synced.
 */
export async function resumeFile(
  fs: FileSystem,
  path: string,
  offset: number,
  content: AsyncIterable<Uint8Array>,
  translate: Translate,
  leastBytes = 0,
): Promise<void> {
  const directory = posix.dirname(path);
  const grown = [directory, ...(await translated(makeDirectory(fs, directory), translate))];
  const file = await translated(fs.open(path, KEEP, 0o600), translate);
  await withFile(file, async (open) => {
    const { size } = await translated(open.stat({ bigint: true }), translate);
    if (size < BigInt(offset)) {
      // Truncating would fill the gap with zeros.
      throw translate(Object.assign(new Error('shorter than the offset'), { code: 'EINVAL' }));
    }
    await translated(open.truncate(offset), translate);
    let position = offset;
    const isLong = (): boolean => position >= leastBytes;
    const syncName = async (): Promise<void> => {
      if (!isLong()) return;
      for (const name of grown.splice(0)) await translated(syncDirectory(fs, name), translate);
    };
    try {
      await pour(open, offset, content, translate, (chunk) => {
        position += chunk.length;
        return syncName();
      });
      await syncName();
    } catch (error) {
      // because the first error is the one to tell; what was not synced is fetched again.
      if (isLong()) await open.sync().catch(() => undefined);
      throw error;
    }
    if (isLong()) await translated(open.sync(), translate);
  });
}

export async function appendBytes(
  fs: FileSystem,
  path: string,
  bytes: Uint8Array,
  { durable }: { readonly durable: boolean },
): Promise<void> {
  const isNew = durable && !(await exists(fs, path));
  const file = await fs.open(path, KEEP | constants.O_APPEND, 0o644);
  await withFile(file, async (open) => {
    await writeAll(open, bytes);
    if (durable) await open.sync();
  });
  if (isNew) await syncDirectory(fs, posix.dirname(path));
}

async function exists(fs: FileSystem, path: string): Promise<boolean> {
  try {
    await fs.lstat(path, { bigint: true });
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
