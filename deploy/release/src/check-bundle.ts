/**
 * Whether a bundle is what its manifest says, down to the last byte: its digest, exactly the files and links, and that each
 * span is a piece of the bundle that holds just its file. Reads it twice, in one pass each; keeps none of it, writes nothing.
 */
import { MANIFEST_NAME, UpdateError } from '@pikit/protocol';
import type { Manifest, ManifestFile } from '@pikit/protocol/manifest';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { admit } from '../../../packages/agent/src/core/entry-policy.ts';
import { namesIn } from '../../../packages/agent/src/core/release-links.ts';
import { assertFileSize, DEFAULT_SIZES } from '../../../packages/agent/src/core/release-size.ts';
import { readEntries, type Visit } from './bundle-entries.ts';

export interface Checked {
  /** Of all files together. */
  readonly unpackedBytes: number;
  /** How many files can be fetched on their own. */
  readonly spans: number;
}

export interface Bundle {
  readonly path: string;
  readonly sizeBytes: number;
}

/** Where the content of a file goes while it is checked, chunk by chunk. */
export type Keep = (file: ManifestFile) => (chunk: Uint8Array) => Promise<void>;

/**
 * Throws `hash-mismatch`, `file-missing`, `file-unexpected`, `entry-refused` with `path` and `reason`; `bundle-invalid`,
 * `too-large`; and what `keep` throws.
 */
export async function checkBundle(
  bundle: Bundle,
  manifest: Manifest,
  keep?: Keep,
): Promise<Checked> {
  await assertWhole(bundle, manifest);
  const unpackedBytes = await checkEntries(bundle, manifest, keep);
  let spans = 0;
  for (const file of manifest.files) {
    if (file.span === undefined) continue;
    await checkSpan(bundle, file, file.span);
    spans += 1;
  }
  return { unpackedBytes, spans };
}

async function assertWhole({ path, sizeBytes }: Bundle, { bundle }: Manifest): Promise<void> {
  if (bundle === undefined) return;
  const { name, size = sizeBytes, sha256 } = bundle;
  // A device stops fetching there.
  if (sizeBytes > size) throw failure('too-large', name, `is larger than ${String(size)} bytes`);
  const isSame = sizeBytes === size && (sha256 === undefined || sha256 === (await hashOf(path)));
  if (!isSame) throw failure('hash-mismatch', name, BROKEN_PROMISE);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytesOf(path)) hash.update(chunk);
  return hash.digest('hex');
}

async function checkEntries(
  { path }: Bundle,
  manifest: Manifest,
  keep: Keep | undefined,
): Promise<number> {
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const links = new Map(manifest.links?.map((link) => [link.path, link.to]));
  const seen = new Set<string>();
  let unpackedBytes = 0;

  const assertFirst = (name: string): void => {
    if (seen.has(name)) throw failure('entry-refused', name, 'stands in the bundle twice');
    seen.add(name);
  };
  const visit: Visit = (entry) => {
    const admission = admit(entry, links);
    if (admission.kind === 'ignored') {
      assertFirst(MANIFEST_NAME);
      return {};
    }
    if (admission.kind === 'directory') {
      if (files.has(admission.path) || links.has(admission.path)) {
        throw failure('entry-refused', admission.path, 'is no directory');
      }
      return {};
    }
    const file = files.get(admission.path);
    if (admission.kind === 'file' && file === undefined) {
      throw failure('file-unexpected', admission.path, 'is in the bundle, but not in the manifest');
    }
    assertFirst(admission.path);
    if (admission.kind === 'link' || file === undefined) return {};
    unpackedBytes += entry.size;
    return { ...(keep && { take: keep(file) }), end: contentOf(file, entry.size) };
  };
  await readEntries({ bytes: bytesOf(path), maxBytes: DEFAULT_SIZES.unpackedBytes }, visit);
  const absent = namesIn(manifest).find((one) => !seen.has(one.path));
  if (absent === undefined) return unpackedBytes;
  throw failure('file-missing', absent.path, 'is in the manifest, but not in the bundle');
}

/** Of the right size, and what is due for its digest. */
function contentOf(file: ManifestFile, size: number): (sha256: string) => void {
  assertFileSize(file.path, size, { limits: DEFAULT_SIZES, targets: [] });
  if (file.size !== undefined && file.size !== size) {
    throw failure('hash-mismatch', file.path, BROKEN_PROMISE);
  }
  return (sha256) => {
    if (sha256 !== file.sha256) throw failure('hash-mismatch', file.path, BROKEN_PROMISE);
  };
}

/** Two blocks of zeros, which end a tar. */
const TAR_END = new Uint8Array(1024);

/** Whatever is wrong with it, a device would fetch these bytes in vain. */
async function checkSpan(
  { path, sizeBytes }: Bundle,
  file: ManifestFile,
  [offset, length]: readonly [number, number],
): Promise<void> {
  let found = 0;
  const visit: Visit = (entry) => {
    const admission = admit(entry);
    found += 1;
    if (admission.kind === 'file' && admission.path === file.path && found === 1) {
      return { end: contentOf(file, entry.size) };
    }
    throw failure('hash-mismatch', file.path, LYING_SPAN);
  };
  try {
    if (length === 0 || offset + length > sizeBytes)
      throw failure('hash-mismatch', file.path, LYING_SPAN);
    const bytes = bytesOf(path, { start: offset, end: offset + length - 1 });
    await readEntries({ bytes, maxBytes: DEFAULT_SIZES.unpackedBytes, end: TAR_END }, visit);
  } catch (cause) {
    const isBomb = cause instanceof UpdateError && cause.code === 'too-large';
    if (isBomb) throw failure('too-large', file.path, BOMB, cause);
    throw failure('hash-mismatch', file.path, LYING_SPAN, cause);
  }
  if (found !== 1) throw failure('hash-mismatch', file.path, LYING_SPAN);
}

const BROKEN_PROMISE = 'is not what the manifest promises';
const BOMB = 'packs so small that a device would take its span for a bomb';
const LYING_SPAN = 'is not what its span in the bundle holds';

/** Files are streams of buffers, whatever their type says. */
function bytesOf(
  path: string,
  range: { readonly start?: number; readonly end?: number } = {},
): AsyncIterable<Uint8Array> {
  return createReadStream(path, range);
}

function failure(
  code: 'hash-mismatch' | 'file-missing' | 'file-unexpected' | 'entry-refused' | 'too-large',
  path: string,
  reason: string,
  cause?: unknown,
): UpdateError {
  return new UpdateError(code, `${path} ${reason}`, { cause, details: { path, reason } });
}
