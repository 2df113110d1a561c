/**
 * Hashing a file as the medium has it and not as the kernel remembers it: direct reads pass the cache by. The drive's own
 * cache is out of reach, and a filesystem may serve a direct read from the kernel's cache without saying so. All paths are
 * host paths and all errors the operating system's own.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { errnoOf } from './disk-failure.ts';
import { withFile } from './durable-write.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { hashFile, openRegular } from './read-file.ts';

/** A multiple of what any drive calls a sector, so that each read begins at one. */
const CHUNK_BYTES = 256 * 1024;
/** The kernel wants the address aligned to the drive's sector, which no drive in use makes larger. */
const LARGEST_ALIGNMENT = 4096;
/** What an allocator aligns to by itself. */
const SMALLEST_ALIGNMENT = 16;

interface ReadBack {
  readonly sha256: string;
  readonly size: number;
  /** False where the filesystem has no direct reads: then it is what the kernel's cache holds. */
  readonly fromMedium: boolean;
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

  const hashDirectly = async (file: OpenFile): Promise<ReadBack> => {
    const hash = createHash('sha256');
    const { size: promised } = await file.stat({ bigint: true });
    let size = 0;
    // Not until a read gives nothing: the end need not be where a sector begins, and only there may a read begin.
    while (size < promised) {
      const chunk = await readAt(file, size);
      if (chunk.length === 0) break;
      hash.update(chunk);
      size += chunk.length;
    }
    return { sha256: hash.digest('hex'), size, fromMedium: true };
  };

  return async (path) => {
    try {
      const file = await openRegular(fs, path, constants.O_DIRECT);
      return await withFile(file, hashDirectly);
    } catch (error) {
      // open(2) and read(2) say so where direct reads are not possible; whatever else is wrong shows in the other way too.
      if (errnoOf(error) !== 'EINVAL') throw error;
      return { ...(await hashFile(fs, path)), fromMedium: false };
    }
  };
}
