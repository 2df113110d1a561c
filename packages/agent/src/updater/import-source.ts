/**
 * The file that the api has taken from a browser, as a source of one release. Who runs the api owns it and may put another in
 * its place at any moment, so nothing that was seen of it is relied on: each reader looks anew, and what it has read is judged
 * by signature and digests like that of any server.
 */
import {
  bundleName,
  channelOf,
  MANIFEST_NAME,
  SIGNATURE_NAME,
  UpdateError,
  type Version,
} from '@pikit/protocol';
import { IMPORT_FILE } from '../core/layout.ts';
import { createReleaseFileReader, type FilePart, type ReleaseFile } from '../core/release-file.ts';
import { BLOCK_BYTES } from '../core/tar-header.ts';
import type { Disk, ReleaseSource } from '../ports.ts';

type Reading = Pick<Disk, 'lstat' | 'stream'>;

/** Beside the codes of a source those of `release-file.ts`, and `invalid-request` where no file lies. */
export function createImportSource(disk: Reading & Pick<Disk, 'resume' | 'rename'>): ReleaseSource {
  const partOf = async (version: Version, name: string): Promise<FilePart | undefined> => {
    const release = await open(disk);
    if (release.version !== version) throw noSuch(version);
    return release.parts.get(name);
  };
  return {
    async list() {
      const { version, bundle } = await open(disk);
      return [
        {
          version,
          channel: channelOf(version),
          notes: undefined,
          published: undefined,
          bundleBytes: bundle.size,
        },
      ];
    },

    async manifest(version, maxBytes) {
      const part = await partOf(version, MANIFEST_NAME);
      if (part === undefined) throw noSuch(version);
      return readWhole(disk, part, MANIFEST_NAME, maxBytes);
    },

    async signature(version, maxBytes) {
      const part = await partOf(version, SIGNATURE_NAME);
      return part && readWhole(disk, part, SIGNATURE_NAME, maxBytes);
    },

    async *fetchPart({ version }, { name, offset, length }, signal) {
      const part = await partOf(version, name);
      if (part === undefined) throw noSuch(version);
      if (offset + length > part.size) {
        const reason = `ends at ${String(part.size)} bytes`;
        throw new UpdateError('source-invalid', `${name} ${reason}`, {
          details: { url: name, reason },
        });
      }
      for await (const chunk of read(disk, part.offset + offset, length)) {
        signal.throwIfAborted();
        yield chunk;
      }
    },

    async fetchBundle({ version }, to, { maxBytes, signal, onBytes }) {
      const { version: found, bundle } = await open(disk);
      if (found !== version) throw noSuch(version);
      if (bundle.size > maxBytes) throw tooLarge(bundleName(version), maxBytes);
      let done = 0;
      const counted = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
        for await (const chunk of read(disk, bundle.offset, bundle.size)) {
          signal.throwIfAborted();
          yield chunk;
          done += chunk.length;
          onBytes(done, bundle.size);
        }
      };
      await disk.resume(`${to}.part`, 0, counted());
      await disk.rename(`${to}.part`, to);
      return done;
    },
  };
}

async function open(disk: Reading): Promise<ReleaseFile> {
  if ((await disk.lstat(IMPORT_FILE))?.kind !== 'file') {
    throw new UpdateError('invalid-request', 'no release file was uploaded', {
      details: { reason: 'no release file' },
    });
  }
  const reader = createReleaseFileReader();
  let at: number | undefined = 0;
  while (at !== undefined) at = reader.push(await bytesAt(disk, at, BLOCK_BYTES));
  return reader.release();
}

async function readWhole(
  disk: Reading,
  { offset, size }: FilePart,
  name: string,
  maxBytes: number,
): Promise<Uint8Array> {
  if (size > maxBytes) throw tooLarge(name, maxBytes);
  return bytesAt(disk, offset, size);
}

/** Fewer where the file ends before. */
async function bytesAt(disk: Reading, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  for await (const chunk of read(disk, offset, length)) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return bytes.subarray(0, filled);
}

/** A file that has gone, or has become something else, is not a broken card. */
async function* read(
  disk: Reading,
  offset: number,
  length: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* disk.stream(IMPORT_FILE, offset, length);
  } catch (cause) {
    const reason = 'cannot be read to its end';
    throw new UpdateError('download-failed', `the release file ${reason}`, {
      cause,
      details: { reason },
    });
  }
}

function noSuch(version: Version): UpdateError {
  return new UpdateError('no-such-release', `the release file does not hold ${version}`, {
    details: { version },
  });
}

function tooLarge(name: string, limit: number): UpdateError {
  return new UpdateError('too-large', `${name} is larger than ${String(limit)} bytes`, {
    details: { path: name, limit },
  });
}
