/**
 * A release in one file, as a browser hands it over: a flat tar, not compressed, of the files that a release publishes. It is
 * read by its headers alone; what the files hold, and who vouches for them, is asked of whoever uses them.
 */
import { MANIFEST_NAME, UpdateError, VersionSchema, type Version } from '@pikit/protocol';
import * as v from 'valibot';
import { createTarGuard, type TarEntry } from './tar-guard.ts';
import { BLOCK_BYTES, refusedEntry } from './tar-header.ts';

/** Where a published file lies in it. Bytes. */
export interface FilePart {
  readonly offset: number;
  readonly size: number;
}

export interface ReleaseFile {
  readonly version: Version;
  readonly bundle: FilePart;
  /** All of them, by the names under which they are published. */
  readonly parts: ReadonlyMap<string, FilePart>;
}

export interface ReleaseFileReader {
  /**
   * Takes the block that was asked for, and answers where the next one lies; undefined at the end. Throws `bundle-invalid`,
   * `entry-refused`, `too-large`.
   */
  readonly push: (block: Uint8Array) => number | undefined;
  /** Throws `file-missing`, `file-unexpected` where it is not one release. */
  readonly release: () => ReleaseFile;
}

/** Headers and long names of them; a release has some twenty files at most. */
const MAX_BLOCKS = 1024;

const BUNDLE = /^pikit-(.+)\.tar\.gz$/;
/** Whatever `tar` says of the directory in which it was called. */
const HERE = './';
const FLAT = /^(?!\.{1,2}$)[\w.+-]{1,200}$/;

export function createReleaseFileReader(): ReleaseFileReader {
  const guard = createTarGuard();
  const parts = new Map<string, FilePart>();
  let at = 0;
  let blocks = 0;
  let zeroBlocks = 0;

  const add = (entry: TarEntry): void => {
    if (entry.type === 'directory' && entry.path === HERE) return;
    const name = entry.path.startsWith(HERE) ? entry.path.slice(HERE.length) : entry.path;
    if (entry.type !== 'file') throw refusedEntry(entry.path, `type ${entry.type}`);
    if (!FLAT.test(name)) throw refusedEntry(entry.path, 'not beside the manifest');
    if (parts.has(name)) throw refusedEntry(entry.path, 'stands there twice');
    parts.set(name, { offset: at, size: entry.size });
  };

  return {
    push(block) {
      blocks += 1;
      if (blocks > MAX_BLOCKS) throw tooMany();
      guard.push(block);
      at += block.length;
      zeroBlocks += block.every((byte) => byte === 0) ? 1 : 0;
      if (block.length < BLOCK_BYTES || zeroBlocks === 2) {
        guard.end();
        return undefined;
      }
      const entry = guard.take();
      if (entry !== undefined) {
        add(entry);
        guard.pass();
        at += Math.ceil(entry.size / BLOCK_BYTES) * BLOCK_BYTES;
      }
      return at;
    },
    release() {
      const [found, second] = [...parts].flatMap(([name, bundle]) => {
        const parsed = v.safeParse(VersionSchema, BUNDLE.exec(name)?.[1]);
        return parsed.success ? [{ name, bundle, version: parsed.output }] : [];
      });
      if (found === undefined) throw missing('pikit-VERSION.tar.gz');
      if (second !== undefined) throw unexpected(second.name);
      if (!parts.has(MANIFEST_NAME)) throw missing(MANIFEST_NAME);
      return { version: found.version, bundle: found.bundle, parts };
    },
  };
}

function missing(path: string): UpdateError {
  const reason = 'is not in the release file';
  return new UpdateError('file-missing', `${path} ${reason}`, { details: { path, reason } });
}

function unexpected(path: string): UpdateError {
  const reason = 'is a second release in the file';
  return new UpdateError('file-unexpected', `${path} ${reason}`, { details: { path, reason } });
}

function tooMany(): UpdateError {
  const text = `the release file holds more than ${MAX_BLOCKS} headers`;
  return new UpdateError('too-large', text, { details: { entries: MAX_BLOCKS } });
}
