/**
 * The one place on the disk for a release file on its way from a browser to the agent. It takes bytes, one file at a time and
 * within limits, and knows nothing of what is in them; whatever does not arrive whole leaves nothing.
 */
import { open, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UpdateError } from '@pikit/protocol';
import type { Log } from './log.ts';

export interface SpoolPlace {
  /** Throws `too-large`, `no-space`, `write-failed`, and `invalid-request` for what breaks off or stands still. */
  receive(body: ReadableStream<Uint8Array>, bytes: number): Promise<void>;
  /** Removes what lies there, and lets the next one in. Never rejects. */
  release(): Promise<void>;
}

export interface ImportSpool {
  /** Throws as `take` and `receive` would before a byte is read. */
  assertRoom(bytes: number): Promise<void>;
  /** Throws `busy` while another file is on its way or in use. */
  take(): SpoolPlace;
  /** Removes what an earlier process has left. Never rejects. */
  clear(): Promise<void>;
}

interface Options {
  /** Where the agent looks. */
  readonly file: string;
  readonly maxBytes: number;
  /** So long nothing may come. */
  readonly stallMs: number;
  readonly log: Pick<Log, 'error'>;
  readonly freeBytes?: (directory: string) => Promise<number>;
}

/** For everybody else on that filesystem, the agent's journal before all. */
const RESERVE_BYTES = 16 * 1024 * 1024;

export function createImportSpool(options: Options): ImportSpool {
  const { file, maxBytes, stallMs, log, freeBytes = askFilesystem } = options;
  const part = `${file}.part`;
  let isTaken = false;

  /** A card that became read-only must not end the process that says so; the next file replaces what stays. */
  const clear = async (): Promise<void> => {
    for (const path of [part, file]) {
      try {
        await rm(path, { force: true });
      } catch (cause) {
        log.error(`${path} cannot be removed`, cause);
      }
    }
  };

  const assertFree = (): void => {
    if (isTaken) throw new UpdateError('busy', 'another release file is on its way');
  };

  const assertFits = async (bytes: number): Promise<void> => {
    if (bytes > maxBytes) {
      const text = `the release file is larger than ${maxBytes} bytes`;
      throw new UpdateError('too-large', text, { details: { limit: maxBytes } });
    }
    const mount = dirname(file);
    const free = await freeBytes(mount);
    const needed = bytes + RESERVE_BYTES;
    if (free < needed) {
      const text = `${mount} has ${free} bytes, and ${needed} are needed`;
      throw new UpdateError('no-space', text, { details: { mount, needed, free } });
    }
  };

  const receive: SpoolPlace['receive'] = async (body, bytes) => {
    await assertFits(bytes);
    await writeAll(part, untilItStalls(body, stallMs), bytes);
    await rename(part, file);
  };

  return {
    clear,
    async assertRoom(bytes) {
      assertFree();
      await assertFits(bytes);
    },
    take() {
      assertFree();
      isTaken = true;
      return {
        async receive(body, bytes) {
          try {
            await receive(body, bytes);
          } catch (error) {
            // because the client is told in any case, and need not send the rest.
            await body.cancel(error).catch(() => undefined);
            throw asFailure(error, part);
          }
        },
        async release() {
          await clear();
          isTaken = false;
        },
      };
    },
  };
}

async function askFilesystem(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** Each piece is written before the next one is asked for, so the sender waits for the card. */
async function writeAll(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<void> {
  await rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  try {
    let written = 0;
    for await (const piece of pieces) {
      written += piece.length;
      if (written > bytes) break;
      await file.writeFile(piece);
    }
    if (written !== bytes) throw cutShort('another length than it said');
  } finally {
    await file.close();
  }
}

async function* untilItStalls(
  body: ReadableStream<Uint8Array>,
  stallMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(stallMs, reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(cutShort('nothing came for too long')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw cause instanceof UpdateError ? cause : cutShort('broke off', cause);
  } finally {
    clearTimeout(timer);
  }
}

function cutShort(reason: string, cause?: unknown): UpdateError {
  return new UpdateError('invalid-request', `the release file: ${reason}`, {
    cause,
    details: { reason },
  });
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);

function asFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof UpdateError || !('code' in error)) return error;
  const code = FULL.has(String(error.code)) ? 'no-space' : 'write-failed';
  return new UpdateError(code, `${path}: ${error.message}`, { cause: error, details: { path } });
}
