/**
 * Reads a tar.gz in one pass and hands out what it says. It parses and decides nothing: `../` names, links and devices
 * come through as they stand, for the entry policy to refuse. An archive that ends between two entries reads like a
 * whole one; only the manifest's list can tell.
 */
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UpdateError } from '@pikit/protocol';
import { extract, type ExtractEvents, type Header } from 'tar-stream';
import type { Archive, ArchiveEntry } from '../ports.ts';

const CHUNK_BYTES = 256 * 1024;

type Source = ExtractEvents['entry'][1];
type Visit = Parameters<Archive['read']>[2];

/** Remembers what broke off the bytes that it passes on, so that it can be told apart from the consumer's own failure. */
interface Watched {
  readonly bytes: AsyncIterableIterator<Uint8Array>;
  readonly failure: () => unknown;
  readonly count: () => number;
}

/** `close` says whether a consumer that stops early ends the source too. */
function watch(source: AsyncIterable<Uint8Array>, { close }: { readonly close: boolean }): Watched {
  const iterator = source[Symbol.asyncIterator]();
  let failure: unknown;
  let count = 0;
  const bytes: AsyncIterableIterator<Uint8Array> = {
    [Symbol.asyncIterator]: () => bytes,
    async next() {
      try {
        const result = await iterator.next();
        if (result.done !== true) count += result.value.length;
        return result;
      } catch (error) {
        failure = error;
        throw error;
      }
    },
    async return() {
      if (close) await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
  return { bytes, failure: () => failure, count: () => count };
}

function capAt(maxBytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      seen += chunk.length;
      if (seen <= maxBytes) done(null, chunk);
      else {
        done(
          new UpdateError('too-large', `the archive expands beyond ${maxBytes} bytes`, {
            details: { limit: maxBytes },
          }),
        );
      }
    },
  });
}

const invalid = (message: string, cause?: unknown): UpdateError =>
  new UpdateError('bundle-invalid', `the bundle is not a readable tar.gz: ${message}`, { cause });

function toEntry(header: Header): ArchiveEntry {
  // tar-stream says null for a type that it does not know, GNU's sparse files for instance.
  const type: string | null = header.type;
  const pax: Record<string, string> = {};
  if (typeof header.pax === 'object' && header.pax !== null) {
    for (const [key, value] of Object.entries(header.pax)) pax[key] = String(value);
  }
  return { path: header.name, type: type ?? 'unknown', mode: header.mode, size: header.size, pax };
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

/** streamx types its chunks as anything; tar-stream only ever pushes buffers. */
const streamOf = (source: Source): AsyncIterable<Uint8Array> =>
  source as unknown as AsyncIterable<Uint8Array>;

/** What the visitor itself threw, as against what it met while reading an entry. */
interface Refusal {
  reason?: unknown;
}

async function visitAll(
  entries: ReturnType<typeof extract>,
  visit: Visit,
  refusal: Refusal,
): Promise<void> {
  for await (const source of entries) {
    const entry = toEntry(source.header);
    const isDirectory = entry.type === 'directory';
    // streamx's own iterator would destroy the whole archive when a visitor stops reading early.
    const content: AsyncIterable<Uint8Array> = isDirectory ? nothing() : streamOf(source);
    const body = watch(content, { close: false });
    try {
      await visit(entry, body.bytes);
    } catch (error) {
      if (error !== body.failure()) refusal.reason = error;
      throw error;
    }
    // tar-stream would take the content for headers, other readers skip it: no two may see different archives.
    if (isDirectory && entry.size > 0) {
      throw invalid(`a directory with content: ${JSON.stringify(entry.path)}`);
    }
    // An entry that nobody reads to its end would hold up the archive for ever.
    while ((await body.bytes.next()).done !== true);
    if (isDirectory) source.resume();
  }
}

async function readArchive(
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  visit: Visit,
): Promise<void> {
  const source = watch(content, { close: true });
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const entries = extract();
  const refusal: Refusal = {};
  const [pumped, visited] = await Promise.allSettled([
    pipeline(source.bytes, gunzip, capAt(maxBytes), entries),
    visitAll(entries, visit, refusal),
  ]);

  // The visitor's own refusal is the reason; what the torn-down stream says about it afterwards is noise.
  if ('reason' in refusal) throw refusal.reason;
  if (source.failure() !== undefined) throw source.failure();
  const failed = [visited, pumped].filter((end) => end.status === 'rejected');
  for (const { reason } of failed) if (reason instanceof UpdateError) throw reason;
  for (const { reason } of failed) throw invalid(String(reason), reason);
  // zlib forgives zeros after the end, and whatever follows them.
  if (gunzip.bytesWritten !== source.count())
    throw invalid('bytes after the end of the gzip stream');
}

/** `read` also throws whatever `content` and `visit` throw, unchanged. */
export function createArchive(): Archive {
  return { read: readArchive };
}
