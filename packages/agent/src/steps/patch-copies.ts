/**
 * Bytes of an installed release for a patch to copy: of many small pieces that lie close together, so that whole blocks are read
 * and the last few kept. What stands there is not judged: a file that has drifted gives other bytes, one that is gone none.
 */
import { UpdateError } from '@pikit/protocol';
import type { PatchSource } from '../core/patch-source.ts';
import type { Disk } from '../ports.ts';

const BLOCK_BYTES = 64 * 1024;
const BLOCKS = 16;

export type ReadCopy = (position: number, length: number) => AsyncGenerator<Uint8Array, void>;

/** `tree` is the directory of the release. Throws `hash-mismatch` with `path` where a file is too short or cannot be read. */
export function createReadCopy(disk: Disk, tree: string, source: PatchSource): ReadCopy {
  const blocks = new Map<string, Uint8Array>();

  const blockOf = async (path: string, index: number): Promise<Uint8Array> => {
    const key = `${String(index)} ${path}`;
    const block = blocks.get(key) ?? (await readBlock(disk, `${tree}/${path}`, index));
    // The one that was used last is the last to go.
    blocks.delete(key);
    blocks.set(key, block);
    const [oldest = key] = blocks.keys();
    if (blocks.size > BLOCKS) blocks.delete(oldest);
    return block;
  };
  return async function* readCopy(position, length) {
    for (const piece of source.piecesOf(position, length)) {
      const end = piece.offset + piece.length;
      for (let at = piece.offset; at < end;) {
        const index = Math.floor(at / BLOCK_BYTES);
        const start = index * BLOCK_BYTES;
        const block = await blockOf(piece.path, index);
        const part = block.subarray(at - start, Math.min(end - start, block.length));
        if (part.length === 0) throw drifted(piece.path);
        yield part;
        at += part.length;
      }
    }
  };
}

async function readBlock(disk: Disk, path: string, index: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of disk.stream(path, index * BLOCK_BYTES, BLOCK_BYTES)) {
      chunks.push(chunk);
    }
  } catch (cause) {
    throw drifted(path, cause);
  }
  const [first, ...more] = chunks;
  return first !== undefined && more.length === 0 ? first : Buffer.concat(chunks);
}

function drifted(path: string, cause?: unknown): UpdateError {
  const reason = 'is not what was installed';
  return new UpdateError('hash-mismatch', `${path} ${reason}`, {
    cause,
    details: { path, reason },
  });
}
