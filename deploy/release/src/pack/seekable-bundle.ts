/**
 * Writes a seekable tar.gz: each file, with its header and what fills its last block, is a gzip member of its own, so that a
 * device can fetch it alone; together the members are one archive as ever. Goes through it piece by piece and holds no file.
 */
import { UpdateError } from '@pikit/protocol';
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { parentsOf } from '../../../../packages/agent/src/core/release-path.ts';
import { GZIP_OS } from '../packed-manifest.ts';
import { createSolidGauge, type SolidGauge } from './solid-gauge.ts';
import { byPath, unreadable, type SourceFile, type Sources } from './sources.ts';
import { paddingOf, TAR_END, tarHeader, type TarItem } from './tar-writer.ts';
import { writableBy } from './writable-by.ts';

export interface PackedFile {
  readonly path: string;
  readonly sha256: string;
  readonly mode: string;
  readonly size: number;
  /** Where its member begins, and how long it is. */
  readonly span: readonly [number, number];
}

export interface PackedBundle {
  readonly files: readonly PackedFile[];
  readonly bytes: number;
  readonly sha256: string;
  /** What the same archive takes as a single member. */
  readonly solidBytes: number;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Directories first and links last, each in one member, as so many small ones would cost more than what they hold; the files
 * make their directories anyway, so a device needs neither. `mtime` in seconds, for all entries. Throws `file-missing` or
 * `bundle-invalid` for sources that change meanwhile.
 */
export async function writeBundle(
  to: string,
  sources: Sources,
  mtime: number,
): Promise<PackedBundle> {
  const file = await open(to, 'wx');
  try {
    const output = createOutput(file);
    const directories = directoriesOf(sources).map((item) => tarHeader(item, mtime));
    if (directories.length > 0) await output.member(directories);
    const files: PackedFile[] = [];
    for (const source of sources.files) {
      const hash = createHash('sha256');
      const span = await output.member(entryOf(source, mtime, hash));
      const { path, mode, size } = source;
      files.push({ path, sha256: hash.digest('hex'), mode, size, span });
    }
    const links = sources.links.map((link) =>
      tarHeader({ ...link, kind: 'link', mode: 0o777, size: 0 }, mtime),
    );
    await output.member([...links, TAR_END]);
    const totals = await output.end();
    await file.sync();
    return { files, ...totals };
  } finally {
    await file.close();
  }
}

/** Whoever unpacks by hand gets them with a mode. */
function directoriesOf({ files, links }: Sources): readonly TarItem[] {
  const paths = new Set([...files, ...links].flatMap(({ path }) => parentsOf(path)));
  return [...paths]
    .map((path) => ({ path, kind: 'directory' as const, mode: 0o755, size: 0 }))
    .toSorted(byPath);
}

async function* entryOf(
  { path, source, mode, size }: SourceFile,
  mtime: number,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  yield tarHeader({ path, kind: 'file', mode: Number.parseInt(mode, 8), size }, mtime);
  let seen = 0;
  for await (const chunk of contentOf(source)) {
    seen += chunk.length;
    if (seen > size) break;
    hash.update(chunk);
    yield chunk;
  }
  if (seen !== size) {
    const reason = 'changed while it was packed';
    throw new UpdateError('bundle-invalid', `${source} ${reason}`, { details: { path, reason } });
  }
  yield paddingOf(size);
}

async function* contentOf(source: string): AsyncGenerator<Uint8Array> {
  try {
    const file = await open(source);
    yield* file.createReadStream({ highWaterMark: CHUNK_BYTES }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw unreadable(source, cause);
  }
}

type Content = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

function createOutput(file: FileHandle) {
  const hash = createHash('sha256');
  const solid: SolidGauge = createSolidGauge();
  let bytes = 0;

  const member = async (content: Content): Promise<readonly [number, number]> => {
    const start = bytes;
    const sink = writableBy(async (chunk) => {
      if (bytes === start) chunk[GZIP_OS.at] = GZIP_OS.unknown;
      hash.update(chunk);
      bytes += chunk.length;
      // Unlike `write`, it goes on after a short write.
      await file.appendFile(chunk);
    });
    const gzip = createGzip({ level: 9, chunkSize: CHUNK_BYTES });
    await pipeline(solid.watch(content), gzip, sink);
    return [start, bytes - start];
  };
  return {
    member,
    end: async () => ({ bytes, sha256: hash.digest('hex'), solidBytes: await solid.end() }),
  };
}
