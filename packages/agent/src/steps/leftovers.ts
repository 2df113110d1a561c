/**
 * What no transaction needs any more: staging and downloads, but for a release that is kept for the next one, directories that
 * made way, names that a write was cut off at, surplus backups, and trees that neither run nor are kept. What stood there before the first update is never among them:
 * it may hold files of the owner. Looking changes nothing.
 */
import type { JournalRecord } from '../core/journal-record.ts';
import { isLeftBy } from '../core/kept-record.ts';
import {
  asidePath,
  backupPath,
  BACKUPS,
  damagedPath,
  directoryOf,
  downloadPath,
  DOWNLOADS,
  isSameRelease,
  JOURNAL_FILE,
  KEPT_FILE,
  STAGING,
  stagingPath,
  temporariesOf,
  treePath,
  type TreeName,
} from '../core/layout.ts';
import type { Policy } from '../core/policy.ts';
import type { TreeRecord } from '../core/tree-record.ts';
import type { Disk } from '../ports.ts';
import { readKept } from './kept-release.ts';
import { currentTree, listTrees, readAllTrees, refOfLink } from './trees.ts';
import { writtenNames } from './written-names.ts';

type Trees = ReadonlyMap<TreeName, TreeRecord>;

interface Device {
  readonly disk: Disk;
  readonly policy: Policy;
}

/**
 * Paths to remove, in this order. `record` is the transaction that is ending. Without one nothing may be under way; where
 * a damaged journal knew what was, everything stays until somebody has looked.
 */
export async function findLeftovers(
  device: Device,
  record?: Pick<JournalRecord, 'id' | 'from' | 'outcome' | 'error' | 'imported'>,
): Promise<readonly string[]> {
  const { disk } = device;
  if (record === undefined && (await disk.lstat(damagedPath(JOURNAL_FILE))) !== undefined)
    return [];
  const trees = await readAllTrees(disk);
  const found = [...(await unwanted(disk, record)), ...(await namesBeside(device, trees))];
  const backups = await sortBackups(device, record);
  found.push(...backups.surplus, ...(await surplusTrees(device, trees, backups.kept, record)));
  return thereOf(disk, found);
}

/** Of those, the ones beside the targets and our own files, for whoever removes the updater. */
export async function findBeside(device: Device): Promise<readonly string[]> {
  const { disk } = device;
  if ((await disk.lstat(damagedPath(JOURNAL_FILE))) !== undefined) return [];
  return thereOf(disk, await namesBeside(device, await readAllTrees(disk)));
}

async function thereOf(disk: Disk, paths: readonly string[]): Promise<readonly string[]> {
  const there = await Promise.all(paths.map((path) => disk.lstat(path)));
  return paths.filter((_, index) => there[index] !== undefined);
}

async function namesBeside(device: Device, trees: Trees): Promise<readonly string[]> {
  const directories = device.policy.targets.filter(({ kind }) => kind === 'directory');
  return [...directories.map(({ to }) => asidePath(to)), ...(await temporaries(device, trees))];
}

/** In staging and downloads: everything, unless a release is kept. */
async function unwanted(
  disk: Disk,
  record: Pick<JournalRecord, 'id' | 'outcome' | 'error' | 'imported'> | undefined,
): Promise<readonly string[]> {
  const kept = await readKept(disk);
  const isOurs = record !== undefined && record.id === kept?.transaction;
  const downloads = (await disk.list(DOWNLOADS)).map((name) => `${DOWNLOADS}/${name}`);
  if (kept === undefined || (isOurs && !isLeftBy(record))) {
    return [KEPT_FILE, STAGING, ...downloads];
  }
  const staged = (await disk.list(STAGING)).map((name) => `${STAGING}/${name}`);
  // Of one that lies ready everything is in its tree.
  const wanted = [KEPT_FILE, stagingPath(kept.version), kept.ready || downloadPath(kept.version)];
  return [...staged, ...downloads].filter((path) => !wanted.includes(path));
}

/** For the time between two transactions. */
export interface Leftovers {
  readonly find: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
}

export function createLeftovers(disk: Disk, policy: () => Promise<Policy>): Leftovers {
  const find = async () => findLeftovers({ disk, policy: await policy() });
  return { find, remove: async () => removeAll(disk, await find()) };
}

export async function removeAll(disk: Disk, paths: readonly string[]): Promise<void> {
  for (const path of paths) await disk.remove(path);
}

/** Beside every name that we write, as long as a tree still tells the names of its files. */
async function temporaries({ disk, policy }: Device, trees: Trees): Promise<readonly string[]> {
  const places = new Map<string, string[]>();
  for (const path of writtenNames(policy, trees)) {
    const directory = directoryOf(path);
    const paths = places.get(directory);
    if (paths === undefined) places.set(directory, [path]);
    else paths.push(path);
  }
  const found: string[] = [];
  for (const [directory, paths] of places) {
    // Not through a link: what lies behind it may be somebody else's.
    if ((await disk.lstat(directory))?.kind !== 'directory') continue;
    const names = temporariesOf(paths, await disk.list(directory));
    found.push(...names.map((name) => `${directory}/${name}`));
  }
  return found;
}

/** Keeps the newest links, the record's own before all; one to what runs now, or to what that is the repair of, would be no way back. */
async function sortBackups(
  { disk, policy }: Device,
  record: Pick<JournalRecord, 'id'> | undefined,
): Promise<{ readonly kept: readonly string[]; readonly surplus: readonly string[] }> {
  const current = await currentTree(disk);
  const own = record && backupPath(record.id);
  const paths = (await disk.list(BACKUPS)).toReversed().map((name) => `${BACKUPS}/${name}`);
  // A clock that jumped back must not make the newest backup look old.
  const newestFirst = [
    ...paths.filter((path) => path === own),
    ...paths.filter((path) => path !== own),
  ];
  const kept: string[] = [];
  const surplus: string[] = [];
  for (const path of newestFirst) {
    const tree = refOfLink(await disk.readLink(path));
    if (tree === undefined) continue;
    // A link that was never given its name is no backup.
    const isOfCurrent = current !== undefined && isSameRelease(tree.name, current.name);
    const isWanted = !path.startsWith(`${BACKUPS}/.`) && !isOfCurrent;
    if (isWanted && kept.length < policy.limits.keep) kept.push(path);
    else surplus.push(path);
  }
  return { kept, surplus };
}

async function surplusTrees(
  { disk }: Device,
  trees: Trees,
  backups: readonly string[],
  record: Pick<JournalRecord, 'from'> | undefined,
): Promise<readonly string[]> {
  // Nothing runs: the tree that was to be left stays, whatever happened to `current`; who knows none takes none away.
  const running = (await currentTree(disk)) ?? record?.from ?? undefined;
  if (running === undefined && record === undefined) return [];
  const links = await Promise.all(backups.map((path) => disk.readLink(path)));
  const adopted = [...trees].filter(([, tree]) => tree.adopted === true);
  const kept = new Set([
    running?.name,
    ...links.map((text) => refOfLink(text)?.name),
    ...adopted.map(([name]) => name),
  ]);
  return (await listTrees(disk)).filter((name) => !kept.has(name)).map(treePath);
}
