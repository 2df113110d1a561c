/**
 * Builds the new release tree beside the running one: links what the device has, fetches what it has not. Cut off and
 * run again it keeps every file that is whole.
 */
import type { Sha256 } from '@pikit/protocol';
import { counted } from '../core/counted.ts';
import type { JournalRecord } from '../core/journal-record.ts';
import { stagingPath, treeNames, type TreeName } from '../core/layout.ts';
import { modeOf } from '../core/manifest.ts';
import type { ReleaseLink } from '../core/release-links.ts';
import type { TreeRecord } from '../core/tree-record.ts';
import { chosenRelease } from './chosen-release.ts';
import type { Step, StepContext } from './context.ts';
import { warnOfDamagedTwins } from './damaged-twins.ts';
import { readFingerprints } from './fingerprints.ts';
import { keep, keptAs } from './kept-release.ts';
import { readOwnFiles } from './own-files.ts';
import { isWhole, libraryOf, linkInstalled, type Library } from './stage-local.ts';
import { stageMissing } from './stage-missing.ts';
import {
  currentTree,
  hasStaged,
  readAllTrees,
  readStagedManifest,
  readStagedRecord,
} from './trees.ts';

export const staging: Step = async (context, signal) => {
  const { disk, policy, log } = context;
  const record = context.record();
  const manifest = await readStagedManifest(context, record, policy.limits.manifestBytes);
  const isReady = await keepFetched(context);
  const trees = await readAllTrees(disk);
  const library = libraryOf(trees, await runningTree(context, trees));
  const earlier = await knownModes(disk, record);
  const filesTotal = manifest.files.length;
  const isFresh = !(await hasStaged(disk, manifest.version));

  const missing = new Set<string>();
  for (const [index, file] of manifest.files.entries()) {
    signal.throwIfAborted();
    const path = `${stagingPath(manifest.version)}/${file.path}`;
    const mode = modeOf(file) ?? earlier.get(file.path);
    const wanted = mode === undefined ? undefined : { sha256: file.sha256, mode };
    if (wanted === undefined || !(await stageLocally(disk, library, wanted, path, isFresh))) {
      missing.add(file.path);
    }
    const filesDone = index + 1 - missing.size;
    context.report({ filesDone, filesTotal, bytesDone: 0, bytesTotal: 0 });
  }
  if (missing.size === 0) {
    log.info('every file of the release is on this device already: nothing to fetch');
  } else {
    // It was told to be all here, and is not.
    if (isReady) await keepFetched(context, { mayBeReady: false });
    log.info(`${String(filesTotal - missing.size)} of ${counted(filesTotal, 'file')} here already`);
    if (record.kind === 'repair') {
      const wanted = manifest.files.filter(({ path }) => missing.has(path));
      await warnOfDamagedTwins(context, trees, wanted);
    }
    await stageMissing(context, { manifest, missing, library }, signal);
  }
  await placeLinks(disk, stagingPath(manifest.version), manifest.links ?? []);
  // Before the journal says that it is complete: a power cut in the next phase must not find it torn.
  await disk.sync(stagingPath(manifest.version));
};

/** From here on what is fetched is worth something, should this transaction not come to its end. Answers whether it lies ready. */
async function keepFetched(
  { disk, record }: StepContext,
  { mayBeReady }: { readonly mayBeReady: boolean } = { mayBeReady: true },
): Promise<boolean> {
  const { id, kind, signature = null, bundleBytes, imported } = record();
  if (kind !== 'apply') return false;
  const release = chosenRelease({ record });
  const kept = await keptAs(disk, release);
  const origin = (imported ?? kept?.imported) === true ? { imported: true as const } : {};
  const ready = mayBeReady && kept?.ready === true;
  const coming = { ...release, transaction: id, signature, bundleBytes, ready, ...origin };
  await keep(disk, coming, { isDurable: kept !== undefined });
  return ready;
}

/** A repair believes no fingerprint: a card that has lost bytes tells nobody. */
async function runningTree(context: StepContext, trees: ReadonlyMap<TreeName, TreeRecord>) {
  const tree = (await currentTree(context.disk))?.name;
  const record = tree && trees.get(tree);
  if (record === undefined || tree === undefined || context.record().kind === 'repair') {
    return undefined;
  }
  return { tree, isUnchanged: await readFingerprints(context, tree, record) };
}

/** After all files: nothing is ever written through one. What is there already was placed before a cut. */
async function placeLinks(
  disk: StepContext['disk'],
  tree: string,
  links: readonly ReleaseLink[],
): Promise<void> {
  for (const { path, to } of links) {
    const place = `${tree}/${path}`;
    if ((await disk.readLink(place)) === to) continue;
    await disk.remove(place);
    await disk.createSymlink(place, to);
  }
}

async function stageLocally(
  disk: StepContext['disk'],
  library: Library,
  wanted: { readonly sha256: Sha256; readonly mode: number },
  path: string,
  isFresh: boolean,
): Promise<boolean> {
  if (!isFresh) {
    if (await isWhole(disk, path, wanted)) return true;
    await disk.remove(path);
  }
  return linkInstalled(disk, library, wanted, path);
}

/** A manifest may leave modes to the archive; where this very release is installed, or lies ready, it was seen what they are. */
async function knownModes(
  disk: StepContext['disk'],
  { to, manifestSha256 }: JournalRecord,
): Promise<ReadonlyMap<string, number>> {
  const staged = await readStagedRecord(disk, to);
  if (staged !== undefined) return new Map(staged.files.map(({ path, mode }) => [path, mode]));
  for (const name of manifestSha256 === null ? [] : treeNames(to.version, manifestSha256)) {
    const { record, findings } = await readOwnFiles(disk, name);
    // A record that was made up has its modes from what stands there, which may be damaged.
    if (record !== undefined && findings.length === 0)
      return new Map(record.files.map(({ path, mode }) => [path, mode]));
  }
  return new Map();
}
