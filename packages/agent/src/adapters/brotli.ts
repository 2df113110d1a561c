/** Brotli (RFC 7932) undone as a stream, for tree patches. How much may come out is for the caller to bound. */
import { pipeline } from 'node:stream';
import { createBrotliDecompress } from 'node:zlib';
import { UpdateError } from '@pikit/protocol';
import type { Unbrotli } from '../ports.ts';

const CHUNK_BYTES = 64 * 1024;

/** Whoever reads the end of the pipeline gets the failure; told twice it would have nobody to hear it. */
const ignore = (): void => undefined;

export const unbrotli: Unbrotli = async function* unbrotli(content) {
  let broken: { readonly reason: unknown } | undefined;
  const watched = async function* (): AsyncGenerator<Uint8Array, void> {
    try {
      yield* content;
    } catch (reason) {
      broken = { reason };
      throw reason;
    }
  };
  try {
    yield* pipeline(watched, createBrotliDecompress({ chunkSize: CHUNK_BYTES }), ignore);
  } catch (cause) {
    if (broken !== undefined) throw broken.reason;
    const reason = 'is no stream of brotli';
    throw new UpdateError('bundle-invalid', `the patch ${reason}`, { cause, details: { reason } });
  }
};
