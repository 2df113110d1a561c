/**
 * Whether an update fits before a byte of it is fetched: real sizes, added up for each filesystem, with a margin. An
 * estimate: that a file can be linked instead of written is believed here, because a disk that fills up midway does no harm.
 */
import { UpdateError } from '@pikit/protocol';
import type { Manifest, ManifestFile } from '@pikit/protocol/manifest';
import { toFetch, twinsIn } from './download-plan.ts';
import { BACKUPS, CONFIG_FILE, DOWNLOADS, STAGING } from './layout.ts';
import { namesIn } from './release-links.ts';
import { parentsOf } from './release-path.ts';
import { bytesIn, planSpans } from './span-plan.ts';
import type { TreeFile } from './tree-record.ts';

export interface Need {
  /** A device path on the filesystem that is needed. */
  readonly path: string;
  readonly bytes: number;
  readonly inodes: number;
}

export interface Free {
  readonly filesystem: string;
  /** Where it is mounted, as a person knows it. */
  readonly mount: string;
  readonly isReadOnly: boolean;
  readonly freeBytes: number;
  /** 0 where the filesystem has no fixed number of inodes (btrfs). */
  readonly totalInodes: number;
  readonly freeInodes: number;
}

/** Room that stays free: logs, journal and the rest of the system go on writing while an update runs. */
export const MARGIN = { bytes: 16 * 1024 * 1024, inodes: 256 } as const;

/** What most filesystems give out at least: a file of one byte takes as much. */
const BLOCK = 4096;

/** A gzip of web assets and scripts stays under this; used only where the manifest gives no sizes. */
const ASSUMED_EXPANSION = 5;

/** Throws `no-space` with `mount`, `path`, and `needed` and `free` in what `what` says: bytes or inodes. */
export function assertFits(claims: readonly { readonly need: Need; readonly free: Free }[]): void {
  const perFilesystem = new Map<
    string,
    { path: string; bytes: number; inodes: number; free: Free }
  >();
  for (const { need, free } of claims) {
    // A filesystem that gets nothing may be as full as it likes.
    if (need.bytes === 0 && need.inodes === 0) continue;
    const sum = perFilesystem.get(free.filesystem);
    perFilesystem.set(free.filesystem, {
      path: sum?.path ?? need.path,
      bytes: (sum?.bytes ?? MARGIN.bytes) + need.bytes,
      inodes: (sum?.inodes ?? MARGIN.inodes) + need.inodes,
      free,
    });
  }
  for (const { path, bytes, inodes, free } of perFilesystem.values()) {
    if (bytes > free.freeBytes) throw tooLittle(path, free.mount, 'bytes', bytes, free.freeBytes);
    if (free.totalInodes > 0 && inodes > free.freeInodes) {
      throw tooLittle(path, free.mount, 'inodes', inodes, free.freeInodes);
    }
  }
}

/** What the agent's unit lets it write to in any case. */
const OWN = [STAGING, DOWNLOADS, BACKUPS];

/**
 * Throws `write-failed` where a place of our own is read-only, which is the filesystem's doing; else `config-invalid`, most often
 * for a target in a directory that the agent's unit does not let it write to.
 */
export function assertWritable(
  claims: readonly { readonly need: Need; readonly free: Free }[],
): void {
  const all = claims.filter(({ free }) => free.isReadOnly);
  const [shut] = all;
  if (shut === undefined) return;
  const own = all.find(({ need }) => OWN.some((place) => `${need.path}/`.startsWith(`${place}/`)));
  if (own !== undefined) throw readOnly(own.need.path, own.free.mount);
  const { path } = shut.need;
  const reason = `${path} is read-only for pikit-agent.service: systemctl edit pikit-agent.service, add the lines [Service] | ReadWritePaths=${path}; then: systemctl restart pikit-agent`;
  throw new UpdateError('config-invalid', reason, {
    details: { file: CONFIG_FILE, key: 'target', reason },
  });
}

function readOnly(path: string, mount: string): UpdateError {
  return new UpdateError('write-failed', `${mount} is read-only, and holds ${path}`, {
    details: { path, mount, errno: 'EROFS' },
  });
}

/** What files of these sizes take on the disk. */
export function onDisk(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + Math.ceil(size / BLOCK) * BLOCK, 0);
}

/** What the release takes until it is installed, beside what of it is installed already. */
export interface ReleaseNeeds {
  /** What is laid down before it is read: a patch or the whole bundle. Members of a bundle go straight into the tree. */
  readonly download: number;
  /** The tree, with its directories. */
  readonly tree: { readonly bytes: number; readonly inodes: number };
}

/**
 * `present`: the files of all installed trees, and those that are staged already. `patchBytes`: of the patch that leads here from
 * the release that runs. Where that or the spans do not keep what they promise, whoever falls back on the bundle asks again.
 */
export function needsOfRelease(
  manifest: Manifest,
  present: readonly TreeFile[],
  bundleBytes: number,
  patchBytes?: number,
): ReleaseNeeds {
  const { files, links = [] } = manifest;
  const twinOf = twinsIn(present);
  const missing = files.filter((file) => twinOf(file) === undefined);
  const fetched = toFetch(manifest, twinOf);
  const linked = files.reduce((sum, file) => sum + (twinOf(file)?.size ?? 0), 0);
  const directories =
    new Set(namesIn(manifest).flatMap(({ path }) => parentsOf(path))).size + OWN_DIRECTORIES;
  return {
    download: fetched.length === 0 ? 0 : downloadOf(fetched, bundleBytes, patchBytes),
    tree: {
      bytes: missingBytes(missing, bundleBytes, linked) + directories * BLOCK,
      inodes: missing.length + links.length + directories + OWN_FILES,
    },
  };
}

/** The same choice as is made when they are fetched. */
function downloadOf(
  files: readonly ManifestFile[],
  bundleBytes: number,
  patchBytes = Infinity,
): number {
  const runs = planSpans(files, bundleBytes);
  if (runs === undefined) return Math.min(bundleBytes, patchBytes);
  return patchBytes < bytesIn(runs) ? patchBytes : 0;
}

/** The tree itself, and what holds its manifest and its record; their content is within the margin. */
const OWN_DIRECTORIES = 2;
const OWN_FILES = 2;

/** From the bundle where the manifest does not give sizes: what it may expand to, without what is here already. */
function missingBytes(
  missing: readonly ManifestFile[],
  bundleBytes: number,
  linked: number,
): number {
  const sizes = missing.flatMap(({ size }) => size ?? []);
  if (sizes.length === missing.length) return onDisk(sizes);
  return Math.max(onDisk(sizes), bundleBytes * ASSUMED_EXPANSION - linked);
}

function tooLittle(
  path: string,
  mount: string,
  what: string,
  needed: number,
  free: number,
): UpdateError {
  return new UpdateError(
    'no-space',
    `${mount}: ${String(needed)} ${what} needed, ${String(free)} free`,
    { details: { mount, path, what, needed, free } },
  );
}
