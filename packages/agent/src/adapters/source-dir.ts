/**
 * Releases from a directory: a USB stick or a network share. Each release is a folder named after its version, with the
 * same two or three files that a server would have. Nothing is asked of the network.
 */
import { posix } from 'node:path';
import {
  bundleName,
  channelOf,
  MANIFEST_NAME,
  SIGNATURE_NAME,
  UpdateError,
  VersionSchema,
  type Version,
} from '@pikit/protocol';
import * as v from 'valibot';
import type { Disk, Entry, ListedRelease, ReleaseSource } from '../ports.ts';

interface Needs {
  /** A device path. */
  readonly path: string;
  readonly disk: Disk;
}

const MAX_LINKS = 8;

/** The directory that a path leads to; a mount point is often a link. Throws `offline` when there is none. */
async function findDirectory(disk: Disk, configured: string): Promise<string> {
  let path = configured;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const entry = await disk.lstat(path);
    if (entry?.kind === 'directory') return path;
    const text = entry?.kind === 'symlink' ? await disk.readLink(path) : undefined;
    if (text === undefined) break;
    path = posix.resolve(posix.dirname(path), text);
  }
  const reason = 'the directory is not there';
  throw new UpdateError('offline', `${configured}: ${reason}`, {
    details: { url: configured, reason },
  });
}

/** A stick that is pulled out while it is read is not a broken device. */
async function* readFrom(
  disk: Disk,
  path: string,
  offset: number,
  length: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* disk.stream(path, offset, length);
  } catch (cause) {
    const reason = 'cannot be read to its end';
    throw new UpdateError('download-failed', `${path} ${reason}`, {
      cause,
      details: { url: path, reason },
    });
  }
}

interface Part {
  readonly offset: number;
  readonly length: number;
  /** Of the whole file. */
  readonly size: number;
}

async function* partOf(
  disk: Disk,
  path: string,
  { offset, length, size }: Part,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (offset + length > size) {
    const reason = `ends at ${String(size)} bytes`;
    throw new UpdateError('source-invalid', `${path} ${reason}`, {
      details: { url: path, reason },
    });
  }
  for await (const chunk of readFrom(disk, path, offset, length)) {
    signal.throwIfAborted();
    yield chunk;
  }
}

async function fileIn(disk: Disk, folder: string, name: string): Promise<Entry | undefined> {
  const entry = await disk.lstat(`${folder}/${name}`);
  return entry?.kind === 'file' ? entry : undefined;
}

/** `undefined` for a folder that is no complete release. */
async function listedIn(
  disk: Disk,
  root: string,
  name: string,
): Promise<ListedRelease | undefined> {
  const parsed = v.safeParse(VersionSchema, name);
  if (!parsed.success) return undefined;
  const version = parsed.output;
  const bundle = await fileIn(disk, `${root}/${name}`, bundleName(version));
  const manifest = await fileIn(disk, `${root}/${name}`, MANIFEST_NAME);
  if (bundle === undefined || manifest === undefined) return undefined;
  return {
    version,
    channel: channelOf(version),
    notes: undefined,
    published: undefined,
    bundleBytes: bundle.size,
  };
}

export function createDirSource({ path, disk }: Needs): ReleaseSource {
  const configured = path.replace(/(?<=.)\/+$/, '');

  const missing = (version: Version): UpdateError =>
    new UpdateError('no-such-release', `${configured} has no release ${version}`, {
      details: { version },
    });

  return {
    async list(signal) {
      const root = await findDirectory(disk, configured);
      const releases: ListedRelease[] = [];
      for (const name of await disk.list(root)) {
        signal.throwIfAborted();
        const release = await listedIn(disk, root, name);
        if (release !== undefined) releases.push(release);
      }
      return releases;
    },

    async manifest(version, maxBytes) {
      const folder = `${await findDirectory(disk, configured)}/${version}`;
      if ((await fileIn(disk, folder, MANIFEST_NAME)) === undefined) throw missing(version);
      const bytes = await disk.read(`${folder}/${MANIFEST_NAME}`, maxBytes);
      if (bytes === undefined) throw missing(version);
      return bytes;
    },

    async signature(version, maxBytes) {
      const folder = `${await findDirectory(disk, configured)}/${version}`;
      if ((await fileIn(disk, folder, SIGNATURE_NAME)) === undefined) return undefined;
      return disk.read(`${folder}/${SIGNATURE_NAME}`, maxBytes);
    },

    async *fetchPart({ version }, part, signal) {
      const folder = `${await findDirectory(disk, configured)}/${version}`;
      const size = (await fileIn(disk, folder, part.name))?.size;
      if (size === undefined) throw missing(version);
      yield* partOf(disk, `${folder}/${part.name}`, { ...part, size }, signal);
    },

    async fetchBundle({ version }, to, { maxBytes, signal, onBytes }) {
      const folder = `${await findDirectory(disk, configured)}/${version}`;
      const name = bundleName(version);
      const size = (await fileIn(disk, folder, name))?.size;
      if (size === undefined) throw missing(version);
      if (size > maxBytes) {
        throw new UpdateError('too-large', `${name} is larger than ${maxBytes} bytes`, {
          details: { path: name, limit: maxBytes },
        });
      }
      let done = 0;
      const counted = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
        // Not what is added to it meanwhile: nobody has looked whether that fits.
        for await (const chunk of readFrom(disk, `${folder}/${name}`, 0, size)) {
          signal.throwIfAborted();
          yield chunk;
          done += chunk.length;
          onBytes(done, size);
        }
      };
      await disk.resume(`${to}.part`, 0, counted());
      await disk.rename(`${to}.part`, to);
      return done;
    },
  };
}
