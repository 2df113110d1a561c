/**
 * The last look before anything is switched: what was written is read back from the medium against the manifest (what was
 * linked was checked when it was linked); nothing may be missing, nothing may be extra, and no link may lead out of the tree.
 * It ends by writing the tree's record, which later steps rely on, and where that is all that was wished, by saying that it is ready.
 */
import { UpdateError, type Sha256 } from '@pikit/protocol';
import type { Manifest, ManifestFile } from '@pikit/protocol/manifest';
import { counted } from '../core/counted.ts';
import {
  KEPT_FILE,
  manifestPath,
  OWN_DIRECTORY,
  stagingPath,
  treeRecordPath,
} from '../core/layout.ts';
import { modeOf } from '../core/manifest.ts';
import { createLinkResolver } from '../core/release-links.ts';
import { encodeTreeRecord, type TreeFile } from '../core/tree-record.ts';
import type { Disk, Entry } from '../ports.ts';
import { chosenRelease } from './chosen-release.ts';
import type { Step, StepContext } from './context.ts';
import { timeOf } from './fingerprints.ts';
import { keep, keptAs } from './kept-release.ts';
import { readStagedManifest } from './trees.ts';
import { walk } from './walk.ts';

export const verifying: Step = async (context, signal) => {
  const { disk, policy, log } = context;
  const manifest = await readStagedManifest(context, context.record(), policy.limits.manifestBytes);
  const tree = stagingPath(manifest.version);

  const promised = new Map(manifest.files.map((file) => [file.path, file]));
  const links = plannedLinks(manifest);
  const files: TreeFile[] = [];
  const read = { written: 0, cached: 0 };
  const begunAt = timeOf(await disk.lstat(manifestPath(tree)));
  for await (const { path, entry } of walk(disk, tree)) {
    signal.throwIfAborted();
    if (path.startsWith(`${OWN_DIRECTORY}/`)) continue;
    if (links.has(path)) {
      await checkLink(disk, tree, path, links.get(path));
      links.delete(path);
      continue;
    }
    const file = promised.get(path);
    if (file === undefined) throw wrong('file-unexpected', path, 'is not in the manifest');
    const isGood =
      isAsPromised(file, entry) &&
      // With a second name it is one of an installed release: nothing else links into staging. What runs may write to it since.
      ((entry.links > 1 && timeOf(entry) <= begunAt) ||
        (await isReadBack(disk, `${tree}/${path}`, file.sha256, read)));
    if (!isGood) throw wrong('hash-mismatch', path, 'differs from the manifest after writing');
    promised.delete(path);
    files.push({ path, sha256: file.sha256, mode: entry.mode, size: entry.size });
    context.report({
      filesDone: files.length,
      filesTotal: manifest.files.length,
      bytesDone: 0,
      bytesTotal: 0,
    });
  }
  const [absent] = [...promised.keys(), ...links.keys()];
  if (absent !== undefined) throw wrong('file-missing', absent, 'is missing after writing');
  log.info(readBackReport(read.written, read.cached));
  await disk.write(
    treeRecordPath(tree),
    encodeTreeRecord({
      version: manifest.version,
      signedBy: context.record().signedBy,
      files,
      links: manifest.links,
    }),
    0o644,
  );
  if (context.record().outcome === 'staged') await markReady(context);
};

async function markReady({ disk, record, log }: StepContext): Promise<void> {
  const kept = await keptAs(disk, chosenRelease({ record }));
  // Lost with a damaged card, at most: what is here is found again by whoever fetches it.
  if (kept === undefined) throw wrong('file-missing', KEPT_FILE, 'is not there any more');
  await keep(disk, { ...kept, ready: true });
  log.info(`${kept.version} lies ready to be installed`);
}

async function isReadBack(
  disk: Disk,
  path: string,
  sha256: Sha256,
  read: { written: number; cached: number },
): Promise<boolean> {
  const found = await disk.readBack(path);
  read.written += 1;
  if (!found.fromMedium) read.cached += 1;
  return found.sha256 === sha256;
}

interface PlannedLink {
  readonly to: string;
  /** Where it ends in the release, by the release's own names. */
  readonly end: string | undefined;
}

function plannedLinks(manifest: Manifest): Map<string, PlannedLink> {
  const resolve = createLinkResolver(manifest);
  return new Map(
    manifest.links?.map((link) => {
      const resolved = resolve(link);
      return [link.path, { to: link.to, end: 'path' in resolved ? resolved.path : undefined }];
    }),
  );
}

/** The kernel must find the same as the names promised: anything else leaves the tree, or comes to nothing. */
async function checkLink(
  disk: Disk,
  tree: string,
  path: string,
  link: PlannedLink | undefined,
): Promise<void> {
  if ((await disk.readLink(`${tree}/${path}`)) !== link?.to) {
    throw wrong('hash-mismatch', path, 'differs from the manifest after writing');
  }
  const [real, root] = [await disk.realPath(`${tree}/${path}`), await disk.realPath(tree)];
  if (real === undefined || root === undefined || real !== `${root}/${link?.end ?? ''}`) {
    throw wrong('entry-refused', path, 'leads out of the release or to nothing');
  }
}

function readBackReport(files: number, cached: number): string {
  if (cached === 0) return `read ${counted(files, 'file')} back from the medium`;
  const rest = `${cached} from the kernel's cache, which could not be passed by here`;
  return `read ${counted(files - cached, 'file')} back from the medium, ${rest}`;
}

function isAsPromised(file: ManifestFile, entry: Entry): boolean {
  const mode = modeOf(file);
  // An archive gives no more than an execute bit.
  const isGranted = mode === undefined ? entry.mode <= 0o777 : entry.mode === mode;
  return entry.kind === 'file' && isGranted;
}

function wrong(
  code: 'file-unexpected' | 'hash-mismatch' | 'file-missing' | 'entry-refused',
  path: string,
  reason: string,
): UpdateError {
  return new UpdateError(code, `${path} ${reason}`, { details: { path, reason } });
}
