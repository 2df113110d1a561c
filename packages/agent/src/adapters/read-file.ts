/**
 * Reading regular files and nothing else: a symlink in the last component is refused, a pipe cannot block the agent.
 * All paths are host paths and all errors the operating system's own, but for `too-large`.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { UpdateError } from '@pikit/protocol';
import { withFile } from './durable-write.ts';
import type { FileSystem, OpenFile } from './file-system.ts';

const CHUNK_BYTES = 256 * 1024;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

interface Regular {
  readonly file: OpenFile;
  /** When it was opened. */
  readonly size: number;
}

/** `also` adds flags of open(2). */
export async function openRegular(fs: FileSystem, path: string, also = 0): Promise<Regular> {
  const file = await fs.open(path, READ | also);
  try {
    const stats = await file.stat({ bigint: true });
    if (stats.isFile()) return { file, size: Number(stats.size) };
    throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' });
  } catch (error) {
    // because the first error is the one to tell
    await file.close().catch(() => undefined);
    throw error;
  }
}

const SMALL_CHUNK_BYTES = 4096;

/** Most files are small, and the byte more shows that nothing follows. */
const roomFor = (size: number): Uint8Array =>
  new Uint8Array(Math.min(Math.max(size + 1, SMALL_CHUNK_BYTES), CHUNK_BYTES));

/** `shownPath` is for the error alone. */
export async function readBounded(
  fs: FileSystem,
  path: string,
  maxBytes: number,
  shownPath: string,
): Promise<Uint8Array> {
  const { file: opened, size } = await openRegular(fs, path);
  return withFile(opened, async (file) => {
    let bytes = new Uint8Array(Math.min(size, maxBytes) + 1);
    let length = 0;
    for (;;) {
      // A file may grow while it is read, and those of /proc say that they are empty.
      if (length === bytes.length) {
        const larger = new Uint8Array(Math.min(bytes.length * 2 + 4096, maxBytes + 1));
        larger.set(bytes);
        bytes = larger;
      }
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) return bytes.subarray(0, length);
      length += bytesRead;
      if (length > maxBytes) {
        throw new UpdateError('too-large', `${shownPath} is larger than ${maxBytes} bytes`, {
          details: { path: shownPath, limit: maxBytes },
        });
      }
    }
  });
}

/** Each chunk is a buffer of its own, so that a slow consumer may keep it. */
export async function* streamFile(
  fs: FileSystem,
  path: string,
  offset: number,
  length = Infinity,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { file, size } = await openRegular(fs, path);
  try {
    let position = offset;
    const end = offset + length;
    while (position < end) {
      const buffer = roomFor(Math.max(0, Math.min(size, end) - position));
      const most = Math.min(buffer.length, end - position);
      const { bytesRead } = await file.read(buffer, 0, most, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

export async function hashFile(
  fs: FileSystem,
  path: string,
): Promise<{ sha256: string; size: number }> {
  const { file: opened, size: expected } = await openRegular(fs, path);
  return withFile(opened, async (file) => {
    const hash = createHash('sha256');
    const buffer = roomFor(expected);
    let size = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, size);
      if (bytesRead === 0) return { sha256: hash.digest('hex'), size };
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  });
}
