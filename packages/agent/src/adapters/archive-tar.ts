/**
 * Reads a tar.gz in one pass and hands out what it says. The library that parses it decides nothing, so a guard reads
 * every byte before it, and the two must see the same entries. Names come through as they stand, for the entry policy to
 * refuse.
 */
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UpdateError } from '@pikit/protocol';
import { extract, type ExtractEvents, type Header } from 'tar-stream';
import type { Archive, ArchiveEntry, ArchiveGuard } from '../ports.ts';
import { createExpansionLimits } from './expansion-limits.ts';

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

const invalid = (message: string, cause?: unknown): UpdateError =>
  new UpdateError('bundle-invalid', `the bundle is not a readable tar.gz: ${message}`, { cause });

/** Throws its refusals into the stream, before the library sees what they are about. */
function guarding(guard: ArchiveGuard): Transform {
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      try {
        guard.push(chunk);
        done(null, chunk);
      } catch (error) {
        done(error instanceof Error ? error : invalid(String(error)));
      }
    },
    flush(done) {
      try {
        guard.end();
        done();
      } catch (error) {
        done(error instanceof Error ? error : invalid(String(error)));
      }
    },
  });
}

/** What both readers say. */
function agreed(entry: ArchiveEntry | undefined, header: Header): ArchiveEntry {
  const linkText = header.type === 'symlink' ? header.linkname : '';
  const isSame =
    entry !== undefined &&
    entry.path === header.name &&
    entry.type === header.type &&
    entry.size === header.size &&
    entry.mode === header.mode &&
    entry.linkText === linkText;
  if (!isSame) throw invalid(`it can be read in two ways: ${JSON.stringify(header.name)}`);
  return entry;
}

/** streamx types its chunks as anything; tar-stream only ever pushes buffers. */
const streamOf = (source: Source): AsyncIterable<Uint8Array> =>
  source as unknown as AsyncIterable<Uint8Array>;

/** What the visitor itself threw, as against what it met while reading an entry. */
interface Refusal {
  reason?: unknown;
}

async function visitAll(
  entries: ReturnType<typeof extract>,
  guard: ArchiveGuard,
  visit: Visit,
  refusal: Refusal,
): Promise<void> {
  for await (const source of entries) {
    const entry = agreed(guard.take(), source.header);
    // streamx's own iterator would destroy the whole archive when a visitor stops reading early.
    const body = watch(streamOf(source), { close: false });
    try {
      await visit(entry, body.bytes);
    } catch (error) {
      if (error !== body.failure()) refusal.reason = error;
      throw error;
    }
    // An entry that nobody reads to its end would hold up the archive for ever.
    while ((await body.bytes.next()).done !== true);
  }
}

async function readArchive(
  guard: ArchiveGuard,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  visit: Visit,
): Promise<void> {
  const source = watch(content, { close: true });
  const limits = createExpansionLimits(maxBytes);
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const entries = extract();
  const refusal: Refusal = {};
  const [pumped, visited] = await Promise.allSettled([
    pipeline(source.bytes, limits.packed(), gunzip, limits.expanded(), guarding(guard), entries),
    visitAll(entries, guard, visit, refusal),
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

/** `read` also throws whatever `content` and `visit` throw, unchanged. A guard is for one archive. */
export function createArchive(createGuard: () => ArchiveGuard): Archive {
  return {
    read: (content, maxBytes, visit) => readArchive(createGuard(), content, maxBytes, visit),
  };
}
