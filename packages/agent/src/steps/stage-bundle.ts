/**
 * Files that must be fetched: the bundle is downloaded whole (resuming what an earlier try left), then read once, and
 * each entry is admitted, written and hashed before the next. Nothing is written outside the staging tree.
 */
import { MANIFEST_NAME, UpdateError, type Version } from '@pikit/protocol';
import type { Manifest, ManifestFile } from '@pikit/protocol/manifest';
import { admit } from '../core/entry-policy.ts';
import { bundlePath, stagingPath } from '../core/layout.ts';
import { modeOf } from '../core/manifest.ts';
import { namesIn } from '../core/release-links.ts';
import { assertFileSize } from '../core/release-size.ts';
import type { ArchiveEntry } from '../ports.ts';
import { chosenRelease } from './chosen-release.ts';
import type { StepContext } from './context.ts';
import { linkInstalled, type Library } from './stage-local.ts';

/** Codes of the source, and `hash-mismatch` when the whole bundle is not the one that the manifest names. */
export async function fetchBundle(
  context: StepContext,
  manifest: Manifest,
  onBytes: (done: number, total: number | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  const { disk, source, policy } = context;
  const to = bundlePath(manifest.version);
  if ((await disk.lstat(to)) === undefined) {
    const maxBytes = Math.min(policy.limits.bundleBytes, manifest.bundle?.size ?? Infinity);
    const release = chosenRelease(context);
    const fetched = await source.fetchBundle(release, to, { maxBytes, signal, onBytes });
    context.note({ bytesFetched: context.record().bytesFetched + fetched });
  }
  const { size, sha256 } = manifest.bundle ?? {};
  const isOfSize = size === undefined || (await disk.lstat(to))?.size === size;
  const isSame = isOfSize && (sha256 === undefined || (await disk.hash(to)).sha256 === sha256);
  if (!isSame) throw mismatch('bundle.tar.gz');
}

/**
 * Writes the files of `missing` from the downloaded bundle. Throws `entry-refused`, `file-unexpected`, `file-missing`,
 * `hash-mismatch`, `bundle-invalid`, `too-large`.
 */
export async function unpackBundle(
  context: StepContext,
  manifest: Manifest,
  missing: ReadonlySet<string>,
  library: Library,
  onFile: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { disk, archive, policy } = context;
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const links = new Map(manifest.links?.map(({ path, to }) => [path, to]));
  const seen = new Set<string>();

  const assertFirst = (path: string): void => {
    if (seen.has(path)) throw failure('entry-refused', path, 'stands in the bundle twice');
    seen.add(path);
  };
  const visit = async (entry: ArchiveEntry, body: AsyncIterable<Uint8Array>): Promise<void> => {
    signal.throwIfAborted();
    const admission = admit(entry, links);
    if (admission.kind === 'ignored') {
      assertFirst(MANIFEST_NAME);
      return;
    }
    const { path } = admission;
    if (admission.kind === 'directory') {
      // Never made for its own sake: the files below it make it.
      if (files.has(path) || links.has(path))
        throw failure('entry-refused', path, 'is no directory');
      return;
    }
    const file = files.get(path);
    if (admission.kind === 'file' && file === undefined)
      throw failure('file-unexpected', path, 'is in the bundle, but not in the manifest');
    assertFirst(path);
    if (admission.kind === 'link' || file === undefined || !missing.has(path)) return;
    assertFileSize(path, entry.size, policy);
    await stageEntry(context, manifest.version, file, {
      executable: admission.executable,
      size: entry.size,
      body,
      library,
    });
    onFile();
  };

  await archive.read(disk.stream(bundlePath(manifest.version)), policy.limits.unpackedBytes, visit);
  const absent = namesIn(manifest).find(({ path }) => !seen.has(path));
  if (absent !== undefined) {
    throw failure('file-missing', absent.path, 'is in the manifest, but not in the bundle');
  }
}

/** An entry of the archive whose name was admitted. */
interface Found {
  readonly executable: boolean;
  readonly size: number;
  readonly body: AsyncIterable<Uint8Array>;
  readonly library: Library;
}

/** Throws `hash-mismatch` for a file that is not the manifest's; nothing of it is left then. */
export async function stageEntry(
  { disk }: StepContext,
  version: Version,
  file: ManifestFile,
  { executable, size, body, library }: Found,
): Promise<void> {
  if (file.size !== undefined && file.size !== size) throw mismatch(file.path);
  // A manifest made by hand may leave the mode out; then only the owner's execute bit of the archive counts.
  const mode = modeOf(file) ?? (executable ? 0o755 : 0o644);
  const path = `${stagingPath(version)}/${file.path}`;
  await disk.remove(path);
  if (await linkInstalled(disk, library, { sha256: file.sha256, mode }, path)) return;
  const written = await orForbidden(mode, disk.create(path, mode, body));
  if (written.sha256 === file.sha256) return;
  await disk.remove(path);
  throw mismatch(file.path);
}

/** A unit with RestrictSUIDSGID= may not give a file such a mode; a card that refuses to be written is another matter. */
async function orForbidden<T>(mode: number, written: Promise<T>): Promise<T> {
  try {
    return await written;
  } catch (cause) {
    const isForbidden = cause instanceof UpdateError && cause.details['errno'] === 'EPERM';
    if (!isForbidden || mode <= 0o777) throw cause;
    const required = 'RestrictSUIDSGID=no';
    throw new UpdateError(
      'incompatible',
      `the unit of the agent forbids the mode ${mode.toString(8)}`,
      {
        cause,
        details: { what: 'the unit of the agent, for set-uid files', required, found: 'EPERM' },
      },
    );
  }
}

function mismatch(path: string): UpdateError {
  return failure('hash-mismatch', path, 'is not what the manifest promises');
}

function failure(
  code: 'hash-mismatch' | 'file-missing' | 'file-unexpected' | 'entry-refused',
  path: string,
  reason: string,
): UpdateError {
  return new UpdateError(code, `${path} ${reason}`, { details: { path, reason } });
}
