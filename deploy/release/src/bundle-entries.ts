/**
 * Reads a tar.gz as the agent does, in one pass and within bounds: the guard of its core sees every byte before the library
 * that parses, and the two must see the same entries. What an entry may be is the visitor's business. Writes nothing.
 */
import { UpdateError } from '@pikit/protocol';
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import {
  createTarGuard,
  type TarEntry,
  type TarGuard,
} from '../../../packages/agent/src/core/tar-guard.ts';

const CHUNK_BYTES = 256 * 1024;

/** From which on the agent takes a gzip for a bomb. */
export const EXPANSION = {
  freeBytes: 32 * 1024 * 1024,
  ratio: 200,
  barrenBytes: 1024 * 1024,
} as const;

type Bytes = AsyncIterable<Uint8Array>;

/** What is to be done with the content of an entry. */
export interface Visitor {
  readonly take?: (chunk: Uint8Array) => Promise<void>;
  readonly end?: (sha256: string) => void;
}

/** Refuses the entry by throwing. */
export type Visit = (entry: TarEntry) => Visitor;

export interface Packed {
  readonly bytes: Bytes;
  /** Of what comes out. */
  readonly maxBytes: number;
  /** For a piece of an archive: what it lacks behind it. */
  readonly end?: Uint8Array;
}

/** Throws `bundle-invalid`, `entry-refused`, `too-large`, and whatever `visit` throws. */
export async function readEntries({ bytes, maxBytes, end }: Packed, visit: Visit): Promise<void> {
  const guard = createTarGuard();
  const meter = createMeter(maxBytes);
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const entries = extract();

  const counted = async function* (): Bytes {
    for await (const chunk of bytes) {
      meter.take(chunk);
      yield chunk;
    }
  };
  const guarded = async function* (chunks: Bytes): Bytes {
    for await (const chunk of chunks) {
      meter.give(chunk);
      guard.push(chunk);
      yield chunk;
    }
    if (end !== undefined) {
      guard.push(end);
      yield end;
    }
    guard.end();
  };
  const ends = await Promise.allSettled([
    visitAll(entries, guard, visit),
    pipeline(counted(), gunzip, guarded, entries),
  ]);
  const failures = ends.flatMap((one) =>
    one.status === 'rejected' ? [one.reason as unknown] : [],
  );
  // A refusal is the reason; what the torn-down streams say about it afterwards is noise.
  for (const failure of failures) if (failure instanceof UpdateError) throw failure;
  for (const failure of failures) throw invalid(String(failure), failure);
  // zlib forgives zeros after the end, and whatever follows them.
  if (gunzip.bytesWritten !== meter.taken())
    throw invalid('bytes after the end of the gzip stream');
}

async function visitAll(
  entries: ReturnType<typeof extract>,
  guard: TarGuard,
  visit: Visit,
): Promise<void> {
  for await (const source of entries) {
    const visitor = visit(agreed(guard.take(), source.header));
    const hash = createHash('sha256');
    // streamx types its chunks as anything; tar-stream only ever pushes buffers.
    for await (const chunk of source as unknown as Bytes) {
      hash.update(chunk);
      await visitor.take?.(chunk);
    }
    visitor.end?.(hash.digest('hex'));
  }
}

/** What both readers say. */
function agreed(entry: TarEntry | undefined, header: Header): TarEntry {
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

interface Meter {
  readonly take: (chunk: Uint8Array) => void;
  readonly give: (chunk: Uint8Array) => void;
  readonly taken: () => number;
}

/** A bomb is stopped while it goes off. */
function createMeter(maxBytes: number): Meter {
  let [taken, barren, given] = [0, 0, 0];
  return {
    take(chunk) {
      if (barren > EXPANSION.barrenBytes) throw invalid(`${String(barren)} bytes hold nothing`);
      taken += chunk.length;
      barren += chunk.length;
    },
    give(chunk) {
      given += chunk.length;
      barren = 0;
      const limit = Math.min(maxBytes, Math.max(EXPANSION.freeBytes, taken * EXPANSION.ratio));
      if (given <= limit) return;
      throw new UpdateError('too-large', `the bundle expands beyond ${String(limit)} bytes`, {
        details: { limit },
      });
    },
    taken: () => taken,
  };
}

function invalid(message: string, cause?: unknown): UpdateError {
  return new UpdateError('bundle-invalid', `the bundle is not a readable tar.gz: ${message}`, {
    cause,
  });
}
