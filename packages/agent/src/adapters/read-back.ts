/**
 * Hashing a file as the medium has it and not as the kernel remembers it: direct reads pass the cache by where the filesystem
 * lets them, and the kernel's account tells whether they did. The drive's own cache is out of reach. All paths are host
 * paths and all errors the operating system's own.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { errnoOf, isAbsent } from './disk-failure.ts';
import { withFile } from './durable-write.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { hashFile, openRegular, readBounded } from './read-file.ts';

/** A multiple of what any drive calls a sector, so that each read begins at one. */
const CHUNK_BYTES = 256 * 1024;
/** The kernel wants the address aligned to the drive's sector, which no drive in use makes larger. */
const LARGEST_ALIGNMENT = 4096;
/** What an allocator aligns to by itself. */
const SMALLEST_ALIGNMENT = 16;

interface ReadBack {
  readonly sha256: string;
  readonly size: number;
  /** False where the kernel's cache answered, or where the kernel keeps no account of it. */
  readonly fromMedium: boolean;
}

const ACCOUNT = '/proc/self/io';
const ACCOUNT_BYTES = 4096;

/**
 * proc_pid_io(5), `read_bytes`: what storage had to deliver to this process so far. Some filesystems take the flag for
 * direct reads and answer from the cache all the same (btrfs with checksums, tmpfs); that adds nothing here.
 */
async function deliveredBytes(fs: FileSystem): Promise<number> {
  try {
    const bytes = await readBounded(fs, ACCOUNT, ACCOUNT_BYTES, ACCOUNT);
    return Number(/^read_bytes: (\d+)$/m.exec(new TextDecoder().decode(bytes))?.[1] ?? 0);
  } catch (error) {
    // Not every kernel keeps it; then nobody can say, and nothing is claimed.
    if (isAbsent(error)) return 0;
    throw error;
  }
}

/** One file at a time: it has one buffer, and keeps the place in it that the kernel accepts. */
export function createReadBack(fs: FileSystem): (path: string) => Promise<ReadBack> {
  const room = new ArrayBuffer(CHUNK_BYTES + LARGEST_ALIGNMENT);
  let offset = 0;

  /** JavaScript cannot choose an address, but a buffer of this size stays where it is: what fits once fits again. */
  const readAt = async (file: OpenFile, position: number): Promise<Uint8Array> => {
    for (let tried = 0; ; tried += SMALLEST_ALIGNMENT) {
      const chunk = new Uint8Array(room, offset, CHUNK_BYTES);
      try {
        const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
        return chunk.subarray(0, bytesRead);
      } catch (error) {
        if (errnoOf(error) !== 'EINVAL' || tried >= LARGEST_ALIGNMENT) throw error;
        offset = (offset + SMALLEST_ALIGNMENT) % LARGEST_ALIGNMENT;
      }
    }
  };

  const hashDirectly = async (
    file: OpenFile,
    promised: number,
  ): Promise<Omit<ReadBack, 'fromMedium'>> => {
    const hash = createHash('sha256');
    let size = 0;
    // Not until a read gives nothing: the end need not be where a sector begins, and only there may a read begin.
    while (size < promised) {
      const chunk = await readAt(file, size);
      if (chunk.length === 0) break;
      hash.update(chunk);
      size += chunk.length;
    }
    return { sha256: hash.digest('hex'), size };
  };

  const hashSomehow = async (path: string): Promise<Omit<ReadBack, 'fromMedium'>> => {
    try {
      const { file, size } = await openRegular(fs, path, constants.O_DIRECT);
      return await withFile(file, (open) => hashDirectly(open, size));
    } catch (error) {
      // open(2) and read(2) say so where direct reads are not possible; whatever else is wrong shows in the other way too.
      if (errnoOf(error) !== 'EINVAL') throw error;
      return hashFile(fs, path);
    }
  };

  return async (path) => {
    const before = await deliveredBytes(fs);
    const result = await hashSomehow(path);
    return { ...result, fromMedium: (await deliveredBytes(fs)) - before >= result.size };
  };
}
