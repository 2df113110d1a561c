/**
 * The manifest as it is published a second time, as gzip: of a large release it is most of what a small update fetches. What
 * comes out is worth no more than what a server sends plain, and is for the caller to verify.
 */
import { UpdateError } from '@pikit/protocol';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { invalid } from './fetch-asset.ts';

const unpack = promisify(gunzip);

/** `address` is for the error. Throws `too-large` for more than `maxBytes`, `source-invalid` for what is no gzip. */
export async function unpackManifest(
  packed: Uint8Array,
  maxBytes: number,
  address: string,
): Promise<Uint8Array> {
  try {
    return await unpack(packed, { maxOutputLength: maxBytes });
  } catch (cause) {
    const isLarge = cause instanceof Error && 'code' in cause && cause.code === TOO_LARGE;
    if (!isLarge) throw invalid(address, 'is damaged: not gzip', cause);
    throw new UpdateError('too-large', `${address} holds more than ${maxBytes} bytes`, {
      details: { url: address, limit: maxBytes },
    });
  }
}

const TOO_LARGE = 'ERR_BUFFER_TOO_LARGE';
